import { create } from 'zustand';

/** Profiles that are being written and are not saved yet, as YAML by the address of their page. They last as long as the window. */
export const useDrafts = create<{ drafts: Record<string, string> }>(() => ({ drafts: {} }));

/** Keeps what was typed; undefined forgets it. */
export function keepDraft(place: string, yaml: string | undefined): void {
  useDrafts.setState(({ drafts }) => {
    const { [place]: _old, ...others } = drafts;
    return { drafts: yaml === undefined ? others : { ...others, [place]: yaml } };
  });
}
