use super::*;

fn train(examples: &[(usize, &str)], language: &str) -> IntentModel {
    IntentModel::train(examples, &Language::new(language), None).unwrap()
}

const HOTLINE: &[(usize, &str)] = &[
    (0, "what do i owe"),
    (0, "how much is my bill"),
    (0, "tell me the balance of my account"),
    (0, "when is my bill due"),
    (0, "i want to know my open amount"),
    (1, "i want to complain about your staff"),
    (1, "your employee was rude to me"),
    (1, "i am not happy with the service"),
    (1, "i would like to make a complaint"),
    (2, "my internet is not working"),
    (2, "the connection is down again"),
    (2, "i have no signal at home"),
    (2, "my router is broken"),
];

#[test]
fn a_sentence_in_other_words_finds_its_intent() {
    let model = train(HOTLINE, "en");
    let cases = [
        ("could you tell me how much i owe you please", 0),
        ("i'd like to know what's due on my bill", 0),
        ("an employee of yours was very rude", 1),
        ("i need to complain about somebody", 1),
        ("the internet at my home is down", 2),
        ("my connection isn't working", 2),
    ];
    for (sentence, intent) in cases {
        let guess = model.classify(sentence).unwrap();
        assert_eq!(guess.best, intent, "{sentence}: {guess:?}");
        assert!(guess.probability > 0.5, "{sentence}: {guess:?}");
    }
}

#[test]
fn what_is_out_of_scope_is_refused() {
    let model = train(HOTLINE, "en");
    for sentence in [
        "how do i bake a chocolate cake",
        "which country has the most lakes",
        "when was the printing press invented",
        "please bring me an umbrella darling",
        "",
        "xyzzy",
    ] {
        let probability = model.classify(sentence).map_or(0.0, |guess| guess.probability);
        assert!(probability < 0.45, "{sentence}: {probability}");
    }
}

#[test]
fn training_gives_the_same_model_every_time() {
    let one = train(HOTLINE, "en");
    let two = train(HOTLINE, "en");
    assert_eq!(one.weights, two.weights);
    assert_eq!(one.belief, two.belief);
    let sentence = "why is my bill so high";
    assert_eq!(one.classify(sentence), two.classify(sentence));
}

const CHINESE: &[(usize, &str)] = &[
    (0, "查一下我的话费"),
    (0, "我这个月欠多少钱"),
    (0, "我的账单是多少"),
    (0, "我想知道还剩多少余额"),
    (1, "我要投诉你们的员工"),
    (1, "你们的服务态度太差了"),
    (1, "我对你们的服务不满意"),
    (1, "我想提个意见"),
    (2, "家里的宽带连不上了"),
    (2, "网络断了"),
    (2, "路由器坏了"),
    (2, "上不了网怎么办"),
    (3, "我要退货"),
    (3, "东西不喜欢想退款"),
    (3, "怎么申请退货"),
    (3, "能不能把钱退给我"),
];

#[test]
fn chinese_sentences_find_their_intents() {
    let model = train(CHINESE, "zh");
    let cases = [
        ("请帮我查询一下账单", 0),
        ("我现在欠了多少话费", 0),
        ("有个员工态度很差我要投诉", 1),
        ("宽带坏了上不了网", 2),
        ("家里网络连不上", 2),
        ("这个商品我想退掉把钱退给我", 3),
        ("申请退款", 3),
    ];
    for (sentence, intent) in cases {
        let guess = model.classify(sentence).unwrap();
        assert_eq!(guess.best, intent, "{sentence}: {guess:?}");
        assert!(guess.probability > 0.45, "{sentence}: {guess:?}");
    }
    for sentence in ["月亮上有没有水", "谁发明了电灯", "妈妈叫你回家吃饭"] {
        let probability = model.classify(sentence).map_or(0.0, |guess| guess.probability);
        assert!(probability < 0.45, "{sentence}: {probability}");
    }
}

#[test]
fn a_language_without_a_table_is_learnt_by_its_words() {
    let model = train(&[(0, "meine rechnung bitte"), (0, "was schulde ich"), (1, "ich möchte mich beschweren")], "de");
    assert_eq!(model.classify("die rechnung").unwrap().best, 0);
    assert_eq!(model.classify("beschweren möchte ich mich").unwrap().best, 1);
}

/// Sees only whether a sentence speaks of money.
#[derive(Debug)]
struct OfMoney;

impl SentenceMeaning for OfMoney {
    fn vector(&self, sentence: &str) -> Option<Vec<f32>> {
        let of_money = ["owe", "bill", "balance", "amount", "outstanding"].iter().any(|word| sentence.contains(word));
        Some(if of_money { vec![1.0, 0.0] } else { vec![0.0, 1.0] })
    }
}

#[test]
fn a_model_of_meaning_joins_in() {
    let meaning: Arc<dyn SentenceMeaning> = Arc::new(OfMoney);
    let with = IntentModel::train(HOTLINE, &Language::new("en"), Some(meaning)).unwrap();
    let sentence = "anything outstanding";
    assert_eq!(with.classify(sentence).unwrap().best, 0);
    let without = train(HOTLINE, "en").classify(sentence).map_or(0.0, |guess| guess.probability);
    assert!(with.classify(sentence).unwrap().probability > without);
}

#[test]
fn nothing_to_learn_from_is_no_model() {
    assert!(IntentModel::train(&[], &Language::new("en"), None).is_none());
    assert!(IntentModel::train(&[(0, "?!")], &Language::new("en"), None).is_none());
}

proptest::proptest! {
    #[test]
    fn any_sentence_gets_a_probability(sentence in "\\PC{0,80}") {
        static MODEL: std::sync::OnceLock<IntentModel> = std::sync::OnceLock::new();
        let model = MODEL.get_or_init(|| train(HOTLINE, "en"));
        if let Some(guess) = model.classify(&sentence) {
            proptest::prop_assert!((0.0..=1.0).contains(&guess.probability));
            proptest::prop_assert!(guess.second_probability <= guess.probability);
        }
    }
}
