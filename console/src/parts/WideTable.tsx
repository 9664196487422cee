import type { ReactNode } from "react";

/** A table that scrolls sideways by itself where the window is narrow, by keyboard as well. */
export function WideTable({ label, children }: { label: string; children: ReactNode }) {
  return (
    <div className="wide" role="region" aria-label={label} tabIndex={0}>
      <table>{children}</table>
    </div>
  );
}
