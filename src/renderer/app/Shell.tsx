import { ActionIcon, Menu, useMantineColorScheme } from '@mantine/core';
import { type ReactNode, useEffect, useRef } from 'react';
import { text } from '../text.ts';
import { IconDeviceDesktop, IconMoon, IconSun } from '../ui/icons.ts';
import { DemoBadge } from '../ui/Parts.tsx';
import { Commands } from './Commands.tsx';
import { EngineBanner } from './EngineBanner.tsx';
import { DEFAULT_FILTER, DEFAULT_VIEW } from './filterQuery.ts';
import { formatRoute, type Route } from './route.ts';
import { useLive } from './studio.tsx';

const SCREENS: { name: string; route: Route; has: Route['screen'][] }[] = [
  { name: text.app.runs, route: { screen: 'runs' }, has: ['runs', 'newRun', 'run', 'compare', 'calibration'] },
  {
    name: text.app.triplets,
    route: { screen: 'triplets', view: DEFAULT_VIEW, open: null },
    has: ['triplets', 'rejects', 'audits', 'audit'],
  },
  { name: text.app.edit, route: { screen: 'edits' }, has: ['edits', 'edit', 'editTriplet'] },
  { name: text.app.export, route: { screen: 'export', filter: DEFAULT_FILTER }, has: ['export'] },
  { name: text.app.endpoints, route: { screen: 'endpoints' }, has: ['endpoints', 'newEndpoint', 'endpoint', 'scorers'] },
];

/** The frame around every screen: name, screens, demo mark, colour scheme, and what the engine has to say. */
export function Shell({ route, children }: { route: Route; children: ReactNode }) {
  const main = useRef<HTMLElement>(null);
  const demo = useLive((s) => s.workspace?.demo === true || Object.values(s.runs).some((run) => run.demo));
  const workspace = useLive((s) => s.workspace?.name ?? '');
  const screen = SCREENS.find((s) => s.has.includes(route.screen));
  useEffect(() => {
    document.title = screen ? `${screen.name} · ${text.app.name}` : text.app.name;
  }, [screen]);
  return (
    <div className="nhr-shell">
      <header className="nhr-top">
        <a
          className="nhr-skip"
          href={formatRoute(route)}
          onClick={(event) => {
            event.preventDefault();
            main.current?.focus();
          }}
        >
          {text.app.skip}
        </a>
        <span className="nhr-brand">{text.app.name}</span>
        <nav aria-label={text.app.nav} className="nhr-nav">
          {SCREENS.map((item) => (
            <a key={item.name} href={formatRoute(item.route)} aria-current={item === screen ? 'page' : undefined}>
              {item.name}
            </a>
          ))}
        </nav>
        <span className="nhr-workspace" title={workspace}>
          {workspace}
        </span>
        {demo && <DemoBadge />}
        <Commands />
        <SchemeMenu />
      </header>
      <EngineBanner />
      <main ref={main} tabIndex={-1} className="nhr-main">
        {children}
      </main>
    </div>
  );
}

const SCHEMES = [
  { value: 'auto', Icon: IconDeviceDesktop },
  { value: 'light', Icon: IconSun },
  { value: 'dark', Icon: IconMoon },
] as const;

function SchemeMenu() {
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const Now = SCHEMES.find((scheme) => scheme.value === colorScheme)?.Icon ?? IconDeviceDesktop;
  return (
    <Menu position="bottom-end" withinPortal>
      <Menu.Target>
        <ActionIcon variant="subtle" color="gray" aria-label={text.app.theme.label}>
          <Now aria-hidden size={18} stroke={1.6} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        {SCHEMES.map(({ value, Icon }) => (
          <Menu.Item
            key={value}
            leftSection={<Icon aria-hidden size={16} stroke={1.6} />}
            aria-current={value === colorScheme || undefined}
            onClick={() => setColorScheme(value)}
          >
            {text.app.theme[value]}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
