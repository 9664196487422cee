import { useRef } from "react";
import { useTexts } from "../texts";

interface Props {
  label: string;
  question: string;
  consequence: string;
  confirmed: () => void;
}

/** A button that asks once more before it does what cannot be taken back. */
export function ConfirmButton({ label, question, consequence, confirmed }: Props) {
  const t = useTexts();
  const dialog = useRef<HTMLDialogElement>(null);
  const closed = (): void => {
    if (dialog.current?.returnValue === "yes") {
      confirmed();
    }
  };
  const ask = (): void => {
    if (dialog.current) {
      dialog.current.returnValue = "";
      dialog.current.showModal();
    }
  };
  return (
    <>
      <button type="button" className="danger" onClick={ask}>
        {label}
      </button>
      <dialog ref={dialog} onClose={closed} aria-label={question}>
        <form method="dialog">
          <h2>{question}</h2>
          <p>{consequence}</p>
          <p className="buttons">
            <button type="submit" value="no">
              {t.cancel}
            </button>
            <button type="submit" value="yes" className="danger">
              {label}
            </button>
          </p>
        </form>
      </dialog>
    </>
  );
}
