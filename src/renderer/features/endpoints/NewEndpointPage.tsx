import './endpointChecks.css';
import './endpoints.css';
import { Skeleton, Title } from '@mantine/core';
import { type EndpointProfile, Transport } from '../../../shared/model/provider.ts';
import { readError } from '../../app/readError.ts';
import { type EndpointStart, formatRoute } from '../../app/route.ts';
import { text } from '../../text.ts';
import { BackLink } from '../../ui/BackLink.tsx';
import { ErrorNote } from '../../ui/ErrorNote.tsx';
import { Empty, Section } from '../../ui/Parts.tsx';
import { toYaml } from './draft.ts';
import { EndpointEditor } from './EndpointEditor.tsx';
import { usePresets, useProfiles } from './useEndpoints.ts';

/** A new endpoint: first what to start from, then the same form as for a saved one. */
export function NewEndpointPage({ from }: { from: EndpointStart | null }) {
  const presets = usePresets();
  const profiles = useProfiles();
  const error = presets.error ?? profiles.error;
  const retry = () => {
    void presets.refetch();
    void profiles.refetch();
  };
  if (presets.data && profiles.data) {
    if (from === null) return <Chooser presets={presets.data} />;
    const yaml = startOf(from, presets.data, profiles.data);
    if (yaml === null)
      return (
        <Empty
          title={text.endpoints.missing}
          action={<BackLink href={formatRoute({ screen: 'endpoints' })}>{text.endpoints.back}</BackLink>}
        />
      );
    return (
      <EndpointEditor
        place={formatRoute({ screen: 'newEndpoint', from })}
        original={yaml}
        saved={null}
        taken={profiles.data.map(({ id }) => id)}
      />
    );
  }
  return (
    <div className="nhr-page">
      <div className="nhr-page-head">
        <BackLink href={formatRoute({ screen: 'endpoints' })}>{text.endpoints.back}</BackLink>
        <Title order={1}>{text.endpoints.newTitle}</Title>
      </div>
      {error ? (
        <ErrorNote error={readError(error)} onRetry={retry} />
      ) : (
        <Skeleton height={420} role="status" aria-label={text.app.loading} />
      )}
    </div>
  );
}

type Preset = { recipe: string; title: string; profile: EndpointProfile };

/** The YAML to start from; null when what it names is not there. */
function startOf(from: EndpointStart, presets: Preset[], profiles: EndpointProfile[]): string | null {
  const ids = profiles.map(({ id }) => id);
  if (from.kind === 'blank') {
    const transport = Transport.safeParse(from.transport);
    return transport.success ? `id: ${freeId(`my-${transport.data}`, ids)}\ntransport: ${transport.data}\n` : null;
  }
  const source =
    from.kind === 'copy'
      ? profiles.find(({ id }) => id === from.id)
      : presets.find(({ recipe, profile }) => recipe === from.recipe && profile.id === from.id)?.profile;
  return source ? toYaml({ ...source, id: freeId(source.id, ids) }) : null;
}

/** The id, or the id with the first number that makes it new. */
function freeId(id: string, taken: readonly string[]): string {
  if (!taken.includes(id)) return id;
  let n = 2;
  while (taken.includes(`${id}-${n}`)) n += 1;
  return `${id}-${n}`;
}

function Chooser({ presets }: { presets: Preset[] }) {
  const recipes = [...new Map(presets.map((preset) => [preset.recipe, preset.title]))];
  return (
    <div className="nhr-page nhr-endpoint-new">
      <div className="nhr-page-head">
        <BackLink href={formatRoute({ screen: 'endpoints' })}>{text.endpoints.back}</BackLink>
        <Title order={1}>{text.endpoints.newTitle}</Title>
      </div>
      <Section title={text.endpoints.presets} about={text.endpoints.presetsAbout}>
        {recipes.map(([recipe, title]) => (
          <section key={recipe} className="nhr-preset-group" aria-label={title}>
            <Title order={3}>{title}</Title>
            <ul className="nhr-preset-cards">
              {presets
                .filter((preset) => preset.recipe === recipe)
                .map(({ profile }) => (
                  <li key={profile.id}>
                    <PresetCard recipe={recipe} profile={profile} />
                  </li>
                ))}
            </ul>
          </section>
        ))}
      </Section>
      <Section title={text.endpoints.scratch} about={text.endpoints.scratchAbout}>
        <ul className="nhr-preset-cards">
          {Transport.options
            .filter((transport) => transport !== 'demo')
            .map((transport) => (
              <li key={transport}>
                <a className="nhr-preset" href={formatRoute({ screen: 'newEndpoint', from: { kind: 'blank', transport } })}>
                  <strong>{text.endpoints.transport[transport]}</strong>
                  <small>{text.endpoints.transportAbout[transport]}</small>
                </a>
              </li>
            ))}
        </ul>
      </Section>
    </div>
  );
}

function PresetCard({ recipe, profile }: { recipe: string; profile: EndpointProfile }) {
  const title = profile.title || profile.id;
  const roles = Object.keys(profile.roles) as (keyof typeof text.endpoints.role)[];
  const kind = profile.transport === 'openai' ? text.endpoints.dialect[profile.dialect] : text.endpoints.transport[profile.transport];
  return (
    <a className="nhr-preset" href={formatRoute({ screen: 'newEndpoint', from: { kind: 'preset', recipe, id: profile.id } })}>
      <strong>{title}</strong>
      <small>{roles.map((role) => text.endpoints.role[role]).join(', ') || text.endpoints.noRoles}</small>
      <small>
        {kind}, {profile.baseUrl || text.endpoints.publicAddress}
      </small>
    </a>
  );
}
