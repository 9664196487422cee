import type { MouseEvent, ReactNode } from "react";
import { go } from "../route";

interface Props {
  to: string;
  children: ReactNode;
  className?: string;
  current?: boolean;
}

/** Goes to another page of the console without loading it anew. */
export function Link({ to, children, className, current }: Props) {
  const follow = (event: MouseEvent): void => {
    // Keys and other buttons open tabs and windows, as everywhere.
    if (event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey) {
      event.preventDefault();
      go(to);
    }
  };
  return (
    <a href={to} onClick={follow} className={className} aria-current={current ? "page" : undefined}>
      {children}
    </a>
  );
}
