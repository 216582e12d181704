import { z } from 'zod';
import { JudgeChoice } from '../model/edit.ts';
import { JobView } from '../model/events.ts';
import { ExportFormat, ExportOptions } from '../model/export.ts';
import { GateProfile, SizeMismatch } from '../model/gates.ts';
import { ImportColumns, ImportFormat, ImportPreview } from '../model/import.ts';
import { KeyRef } from '../model/provider.ts';
import { TripletFilter } from '../model/triplet.ts';
import { call } from './base.ts';

export const transfer = {
  /**
   * Starts an export; it goes on when the page closes. `dir` may be empty: a new folder under the workspace's exports. With `verify`, a
   * check of what was written follows as a job of its own.
   */
  startExport: call
    .input(ExportOptions.extend({ format: ExportFormat, dir: z.string(), verify: z.boolean().default(false) }))
    .output(JobView),
  /**
   * How large an export would be, all about: rows, bytes of their pictures as they are stored, bytes it adds to the disk (`linked`: none
   * for pictures, they are hard links), and bytes that are free there.
   */
  estimateExport: call
    .input(z.object({ filter: TripletFilter, format: ExportFormat, dir: z.string() }))
    .output(
      z.object({ rows: z.number().int(), pictureBytes: z.number(), neededBytes: z.number(), freeBytes: z.number(), linked: z.boolean() }),
    ),
  /** Reads an exported folder back and reports every fault. */
  startCheck: call.input(z.object({ dir: z.string() })).output(JobView),
  /** The formats that can be imported, in the order of help and screen. */
  importFormats: call.output(z.array(ImportFormat)),
  /** Reads a set of another tool, or of ours, into the workspace as imported triplets. `columns` names its columns where they have other names. */
  startImport: call.input(z.object({ format: z.string(), path: z.string(), columns: ImportColumns.default({}) })).output(JobView),
  /** The first rows of a set as that import would take them. Nothing is stored. */
  previewImport: call.input(z.object({ format: z.string(), path: z.string(), columns: ImportColumns.default({}) })).output(ImportPreview),
  /** Pushes a finished export to a dataset repository of a hub. The key is a reference, never the token itself. */
  startUpload: call
    .input(
      z.object({
        dir: z.string(),
        /** owner/name. */
        repo: z.string().regex(/^[\w.-]+\/[\w.-]+$/, 'a repository is owner/name'),
        key: KeyRef,
        hub: z.url().default('https://huggingface.co'),
        branch: z.string().min(1).default('main'),
        isPrivate: z.boolean().default(false),
        commitBytes: z.number().int().min(1_000_000).default(2_000_000_000),
      }),
    )
    .output(JobView),
  /** Validates existing pairs (JSON Lines) and adds them as triplets of kind imported. */
  startScore: call
    .input(z.object({ path: z.string(), profile: GateProfile.default('balanced'), sizes: SizeMismatch.default('reject') }))
    .output(JobView),
  /**
   * Checks the imported triplets of the set that were never checked; what fails leaves the set with its reason. With judges, those that
   * no judge has seen: what passes the local checks is asked about, within the budget. `askAgain` sends calls once more that may have been
   * charged and have no answer.
   */
  startScoreImported: call
    .input(
      z
        .object({
          profile: GateProfile.default('balanced'),
          judges: JudgeChoice.nullable().default(null),
          budgetUsd: z.number().positive().nullable().default(null),
          askAgain: z.boolean().default(false),
        })
        .prefault({}),
    )
    .output(JobView),
  cancel: call.input(z.object({ jobId: z.string() })).output(JobView),
};
