import { useId, type InputHTMLAttributes } from "react";

interface Props extends InputHTMLAttributes<HTMLInputElement> {
  label: string;
  hint?: string;
  /** What can be given, offered while one types. */
  offered?: string[];
}

export function Field({ label, hint, offered, ...input }: Props) {
  const id = useId();
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <input id={id} {...input} aria-describedby={hint ? `${id}-hint` : undefined} list={offered?.length ? `${id}-list` : undefined} />
      {hint && (
        <small id={`${id}-hint`} className="soft">
          {hint}
        </small>
      )}
      {offered && offered.length > 0 && (
        <datalist id={`${id}-list`}>
          {offered.map((value) => (
            <option key={value} value={value} />
          ))}
        </datalist>
      )}
    </div>
  );
}
