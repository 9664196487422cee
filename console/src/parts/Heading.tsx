import { useEffect, useRef } from "react";

/** Whether the first page of this visit has been shown: the focus stays where the browser put it then. */
let visited = false;

/** A page's heading. Names the window, and takes the focus when one comes from another page. */
export function Heading({ children }: { children: string }) {
  const heading = useRef<HTMLHeadingElement>(null);

  useEffect(() => {
    document.title = `${children} · Callwright`;
  }, [children]);

  useEffect(() => {
    if (visited) {
      heading.current?.focus();
      window.scrollTo(0, 0);
    }
    visited = true;
  }, []);

  return (
    <h1 ref={heading} tabIndex={-1}>
      {children}
    </h1>
  );
}
