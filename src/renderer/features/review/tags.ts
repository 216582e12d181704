import { ISSUE_TAGS, REVIEW_TAG_MOST } from '../../../shared/model/review.ts';
import { text } from '../../text.ts';

/** Words parted by commas as tags: no empty ones, each once, none longer than the engine takes. */
export function tagsOf(words: string): string[] {
  const found = words.split(',').map((word) => word.trim().slice(0, REVIEW_TAG_MOST));
  return [...new Set(found.filter((word) => word !== ''))].slice(0, 10);
}

/** A tag in words: those of the audit have a name, others are words already. */
export function tagName(tag: string): string {
  return Object.hasOwn(text.reviewing.tags, tag) ? (text.reviewing.tags[tag] ?? tag) : tag;
}

/** The tags that a filter offers: those of the audit, and the one it asks for already where that is somebody's own words. */
export function tagChoices(chosen: string | undefined): { value: string; label: string }[] {
  const offered: readonly string[] = ISSUE_TAGS;
  const tags = chosen === undefined || offered.includes(chosen) ? offered : [...offered, chosen];
  return tags.map((value) => ({ value, label: tagName(value) }));
}
