import { Button } from '@mantine/core';
import { text } from '../text.ts';

interface LinedIssue {
  path: string;
  message: string;
  /** From 1; null = it stands in no line. */
  line: number | null;
}

/** Mistakes in a YAML text: the field, the line as a way there, and what would be right. */
export function LinedIssues({ issues, onLine }: { issues: readonly LinedIssue[]; onLine(line: number): void }) {
  return (
    <ul className="nhr-issues">
      {issues.map(({ path, message, line }) => (
        <li key={`${path} ${line} ${message}`}>
          <div>
            <code>{path}</code>
            {line !== null && (
              <Button size="compact-xs" variant="subtle" aria-label={text.app.goToLine(line)} onClick={() => onLine(line)}>
                {text.app.line(line)}
              </Button>
            )}
          </div>
          <span>{message}</span>
        </li>
      ))}
    </ul>
  );
}
