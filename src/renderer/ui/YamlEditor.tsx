import { useEffect, useRef } from 'react';

interface YamlEditorProps {
  /** Read aloud. */
  label: string;
  value: string;
  onChange(value: string): void;
  issues: readonly { line: number | null }[];
  /** Puts the cursor into a line; a new object goes there again. */
  goTo: { line: number } | null;
}

/** A plain text field with line numbers beside it; lines with a mistake are marked. Tab leaves it, as everywhere. */
export function YamlEditor({ label, value, onChange, issues, goTo }: YamlEditorProps) {
  const area = useRef<HTMLTextAreaElement>(null);
  const gutter = useRef<HTMLDivElement>(null);
  const lines = value.split('\n').length;
  const bad = new Set(issues.map((issue) => issue.line));
  useEffect(() => {
    const field = area.current;
    if (!goTo || !field) return;
    const before = field.value.split('\n').slice(0, goTo.line - 1);
    const start = before.reduce((sum, text) => sum + text.length + 1, 0);
    const end = field.value.indexOf('\n', start);
    field.focus();
    field.setSelectionRange(start, end < 0 ? field.value.length : end);
    field.scrollTop = Math.max(0, (goTo.line - 6) * lineHeight(field));
  }, [goTo]);
  return (
    <div className="nhr-editor">
      <div className="nhr-editor-lines" ref={gutter} aria-hidden>
        {Array.from({ length: lines }, (_, i) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a line number is its own identity
          <span key={i} data-bad={bad.has(i + 1) || undefined}>
            {i + 1}
          </span>
        ))}
      </div>
      <textarea
        ref={area}
        aria-label={label}
        aria-invalid={issues.length > 0 || undefined}
        value={value}
        onChange={(event) => onChange(event.currentTarget.value)}
        onScroll={(event) => {
          if (gutter.current) gutter.current.scrollTop = event.currentTarget.scrollTop;
        }}
        spellCheck={false}
        autoCapitalize="off"
        autoCorrect="off"
        wrap="off"
      />
    </div>
  );
}

function lineHeight(field: HTMLTextAreaElement): number {
  return Number.parseFloat(getComputedStyle(field).lineHeight) || 20;
}
