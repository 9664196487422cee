//! Answers to surveys.

use call_model::{ConsultResult, Consulted, SurveyAnswer};
use storage::NewSurvey;

use super::{Asker, LONGEST_NAME, LONGEST_VALUE, bounded, failed, refused};

impl Asker {
    /// Keeps answers.
    pub(super) async fn save_survey(
        &self,
        survey: String,
        number: String,
        answers: Vec<SurveyAnswer>,
        complete: bool,
    ) -> ConsultResult {
        bounded("the survey's name", &survey, LONGEST_NAME)?;
        if answers.len() > MOST_ANSWERS || answers.iter().any(|given| given.answer.chars().count() > LONGEST_VALUE) {
            return Err(refused(format!(
                "a survey has at most {MOST_ANSWERS} answers of {LONGEST_VALUE} characters each"
            )));
        }
        let survey = NewSurvey { call: self.call, survey, number, answers, complete, at: self.now() };
        self.services.store.save_survey(survey).await.map_err(|error| failed(&error))?;
        Ok(Consulted::Done)
    }
}

const MOST_ANSWERS: usize = 100;
