import './endpoints.css';
import { ActionIcon, Button, Menu, Skeleton, Title } from '@mantine/core';
import { useState } from 'react';
import type { LaneFacts } from '../../../shared/model/lane.ts';
import type { EndpointProfile, Role } from '../../../shared/model/provider.ts';
import { readError } from '../../app/readError.ts';
import { formatRoute, go } from '../../app/route.ts';
import { text } from '../../text.ts';
import { ErrorNote } from '../../ui/ErrorNote.tsx';
import { IconCopy, IconDots, IconPencil, IconPlus, IconTrash } from '../../ui/icons.ts';
import { Empty } from '../../ui/Parts.tsx';
import { useDrafts } from './drafts.ts';
import { KeyMark } from './KeyMark.tsx';
import { LaneLine } from './LaneView.tsx';
import { RemoveEndpoint } from './RemoveEndpoint.tsx';
import { useLanes, useProfiles } from './useEndpoints.ts';

const LOCAL = formatRoute({ screen: 'scorers' });
const NEW = formatRoute({ screen: 'newEndpoint', from: null });

/** All endpoint profiles of the workspace: where they are, what they do, whether their key is found, how their queues stand. */
export function EndpointsPage() {
  const profiles = useProfiles();
  const lanes = useLanes();
  const [removing, setRemoving] = useState<EndpointProfile | null>(null);
  return (
    <div className="nhr-page">
      <div className="nhr-page-head">
        <Title order={1}>{text.endpoints.title}</Title>
        <div className="nhr-grow" />
        <Button component="a" href={LOCAL} variant="default">
          {text.endpoints.local}
        </Button>
        {profiles.data && profiles.data.length > 0 && (
          <Button component="a" href={NEW} leftSection={<IconPlus aria-hidden size={16} />}>
            {text.endpoints.add}
          </Button>
        )}
      </div>
      {profiles.error && !profiles.data && <ErrorNote error={readError(profiles.error)} onRetry={() => void profiles.refetch()} />}
      {profiles.isPending && (
        <div className="nhr-card" role="status" aria-label={text.app.loading}>
          {[0, 1, 2].map((row) => (
            <Skeleton key={row} height={40} my={12} />
          ))}
        </div>
      )}
      {profiles.data?.length === 0 && (
        <Empty
          title={text.endpoints.emptyTitle}
          action={
            <Button component="a" href={NEW} leftSection={<IconPlus aria-hidden size={16} />}>
              {text.endpoints.add}
            </Button>
          }
        >
          {text.endpoints.emptyText}
        </Empty>
      )}
      {profiles.data && profiles.data.length > 0 && (
        <EndpointTable profiles={profiles.data} lanes={lanes.data ?? []} known={lanes.data !== undefined} onRemove={setRemoving} />
      )}
      <RemoveEndpoint profile={removing} onClose={() => setRemoving(null)} />
    </div>
  );
}

interface EndpointTableProps {
  profiles: EndpointProfile[];
  lanes: LaneFacts[];
  /** False until the queues were asked for once. */
  known: boolean;
  onRemove(profile: EndpointProfile): void;
}

function EndpointTable({ profiles, lanes, known, onRemove }: EndpointTableProps) {
  const { columns } = text.endpoints;
  return (
    <div className="nhr-card nhr-endpoint-list">
      <table className="nhr-table" aria-label={text.endpoints.listLabel}>
        <thead>
          <tr>
            <th>{columns.name}</th>
            <th>{columns.roles}</th>
            <th>{columns.key}</th>
            <th>{columns.lane}</th>
            <th aria-hidden />
          </tr>
        </thead>
        <tbody>
          {profiles.map((profile) => (
            <EndpointRow
              key={profile.id}
              profile={profile}
              lane={lanes.find((lane) => lane.endpoint === profile.id)}
              known={known}
              onRemove={() => onRemove(profile)}
            />
          ))}
        </tbody>
      </table>
    </div>
  );
}

interface EndpointRowProps {
  profile: EndpointProfile;
  lane: LaneFacts | undefined;
  known: boolean;
  onRemove(): void;
}

function EndpointRow({ profile, lane, known, onRemove }: EndpointRowProps) {
  const place = formatRoute({ screen: 'endpoint', id: profile.id });
  const unsaved = useDrafts((s) => place in s.drafts);
  const roles = Object.entries(profile.roles) as [Role, { model: string }][];
  const kind = profile.transport === 'openai' ? text.endpoints.dialect[profile.dialect] : text.endpoints.transport[profile.transport];
  return (
    <tr>
      <td>
        <a className="nhr-endpoint-name" href={place} aria-label={text.endpoints.open(profile.title || profile.id)}>
          {profile.title || profile.id}
        </a>
        {unsaved && <span className="nhr-badge">{text.endpoints.unsaved}</span>}
        <div className="nhr-endpoint-where">
          {profile.title !== '' && <code>{profile.id}</code>}
          <span>{kind}</span>
          <span className="nhr-endpoint-address">{profile.baseUrl || text.endpoints.publicAddress}</span>
        </div>
      </td>
      <td>
        {roles.length === 0 ? (
          <span className="nhr-quiet">{text.endpoints.noRoles}</span>
        ) : (
          <ul className="nhr-endpoint-roles">
            {roles.map(([role, { model }]) => (
              <li key={role}>
                {text.endpoints.role[role]} <span title={model}>{model}</span>
              </li>
            ))}
          </ul>
        )}
      </td>
      <td>
        <KeyMark reference={profile.key} />
      </td>
      <td>
        <LaneLine lane={lane} known={known} />
      </td>
      <td className="nhr-num">
        <Menu position="bottom-end" withinPortal>
          <Menu.Target>
            <ActionIcon variant="subtle" color="gray" aria-label={text.endpoints.more(profile.title || profile.id)}>
              <IconDots aria-hidden size={18} />
            </ActionIcon>
          </Menu.Target>
          <Menu.Dropdown>
            <Menu.Item leftSection={<IconPencil aria-hidden size={16} />} onClick={() => go({ screen: 'endpoint', id: profile.id })}>
              {text.endpoints.edit}
            </Menu.Item>
            <Menu.Item
              leftSection={<IconCopy aria-hidden size={16} />}
              onClick={() => go({ screen: 'newEndpoint', from: { kind: 'copy', id: profile.id } })}
            >
              {text.endpoints.duplicate}
            </Menu.Item>
            <Menu.Item leftSection={<IconTrash aria-hidden size={16} />} onClick={onRemove}>
              {text.endpoints.remove}
            </Menu.Item>
          </Menu.Dropdown>
        </Menu>
      </td>
    </tr>
  );
}
