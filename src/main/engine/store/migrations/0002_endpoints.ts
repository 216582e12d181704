/** Endpoint profiles of a workspace, and what real servers tell about a call: tokens by modality, and whether the seed counted. */
export const sql = `
CREATE TABLE endpoint_profile (
  id TEXT PRIMARY KEY,
  profile TEXT NOT NULL,           -- Endpoint as JSON, parsed again when read; never a key
  updated_at INTEGER NOT NULL
) STRICT;

ALTER TABLE call ADD COLUMN image_input_tokens INTEGER NOT NULL DEFAULT 0;
ALTER TABLE call ADD COLUMN cached_input_tokens INTEGER NOT NULL DEFAULT 0;
ALTER TABLE call ADD COLUMN image_output_tokens INTEGER NOT NULL DEFAULT 0;
ALTER TABLE call ADD COLUMN seed_honoured TEXT NOT NULL DEFAULT 'yes' CHECK (seed_honoured IN ('yes','no','unknown'));
`;
