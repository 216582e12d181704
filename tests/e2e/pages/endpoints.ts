import type { Page } from '@playwright/test';
import { text } from '../../../src/renderer/text.ts';
import type { Role } from '../../../src/shared/model/provider.ts';

const t = text.endpoints;

/** The list of endpoints, the choice of a new one, and the form of one. */
export function endpointsScreen(page: Page) {
  const main = page.getByRole('main');
  const section = (name: string) => page.getByRole('region', { name, exact: true });
  const field = (name: string) => main.getByRole('textbox', { name, exact: true });
  const button = (name: string) => main.getByRole('button', { name, exact: true });
  const probeSection = section(t.probe);
  const tests = section(t.test);
  return {
    add: page.getByRole('link', { name: t.add }),
    table: page.getByRole('table', { name: t.listLabel }),
    preset: (title: string) => main.getByRole('link', { name: title }),
    scratch: (kind: string) => section(t.scratch).getByRole('link', { name: kind }),
    menuOf: (name: string) => page.getByRole('button', { name: t.more(name) }),
    menuItem: (name: string) => page.getByRole('menuitem', { name, exact: true }),
    dialog: page.getByRole('dialog'),

    field,
    id: field(t.fields.id),
    address: field(t.fields.baseUrl),
    kind: main.getByRole('combobox', { name: t.fields.transport, exact: true }),
    concurrency: field(t.concurrency),
    save: button(t.save),
    discard: button(t.discard),
    saved: main.getByText(t.saved, { exact: true }),
    view: (name: 'form' | 'yaml') => page.getByRole('radiogroup', { name: t.view }).getByText(t[name], { exact: true }),
    yaml: page.getByRole('textbox', { name: t.editor }),

    keyKind: main.getByRole('combobox', { name: t.keyKind }),
    secret: main.getByLabel(t.keySecret),
    storeKey: button(t.keyStore),
    keyFile: field(t.keyName.file),
    /** Said where the system has no keychain, as in the desktop test runtime: the key must then come from a file or the environment. */
    noKeychain: section(t.key).getByText(/no keychain/),
    keyStored: section(t.key).getByText(t.keyStored),
    key: section(t.key),

    probe: probeSection.getByRole('button', { name: new RegExp(`^(${t.probe}|${t.probeAgain})$`) }),
    probeSection,
    probeFailure: probeSection.getByRole('alert'),
    pickModel: (model: string) => probeSection.getByRole('combobox', { name: t.probeUse(model) }),
    role: (role: Role) => main.getByRole('switch', { name: t.roleOn(t.role[role]) }),
    model: (role: Role) =>
      main.getByRole('textbox', { name: t.modelOf(t.role[role]) }).or(main.getByRole('combobox', { name: t.modelOf(t.role[role]) })),
    bagel: main.getByRole('group', { name: t.bagelUse }).first(),
    prices: section(t.prices),
    test: (role: Role) => tests.getByRole('button', { name: t.testRole(t.role[role], false) }),
    testOf: (role: Role) => tests.getByRole('article', { name: t.role[role] }),
  };
}
