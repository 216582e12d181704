import { Button, Skeleton, Text } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import type { RoleCost } from '../../../shared/contract/endpoints.ts';
import { isOtherModel } from '../../../shared/model/modelNames.ts';
import type { EndpointProfile, Role } from '../../../shared/model/provider.ts';
import type { SelfTestReport } from '../../../shared/model/selfTest.ts';
import { readError } from '../../app/readError.ts';
import { useStudio } from '../../app/studio.tsx';
import { text } from '../../text.ts';
import { ErrorNote } from '../../ui/ErrorNote.tsx';
import { millis, usd } from '../../ui/format.ts';
import { IconCircleCheck, IconCircleX } from '../../ui/icons.ts';
import { Section } from '../../ui/Parts.tsx';
import { useCosts } from './useEndpoints.ts';

const t = text.endpoints;

/** One small test for each role of the profile as it is written now. Says that it costs money before a button can be pressed. */
export function SelfTestSection({ profile }: { profile: EndpointProfile | null }) {
  const roles = Object.keys(profile?.roles ?? {}) as Role[];
  return (
    <Section title={t.test} about={t.testAbout}>
      {profile === null && <p className="nhr-quiet">{t.probeWait}</p>}
      {profile && roles.length === 0 && <p className="nhr-quiet">{t.testNoRoles}</p>}
      {profile && roles.length > 0 && (
        <ul className="nhr-tests">
          {roles.map((role) => (
            <li key={role}>
              <RoleTest role={role} profile={profile} />
            </li>
          ))}
        </ul>
      )}
    </Section>
  );
}

function RoleTest({ role, profile }: { role: Role; profile: EndpointProfile }) {
  const { client } = useStudio();
  const test = useMutation({ mutationFn: () => client.endpoints.test({ profile, role }) });
  const costs = useCosts(profile);
  const cost = costs.data?.find((item) => item.role === role);
  const model = profile.roles[role]?.model ?? '';
  return (
    <article aria-label={t.role[role]}>
      <div className="nhr-test-head">
        <div>
          <Text size="sm" fw={600}>
            {t.role[role]}
          </Text>
          <code>{model}</code>
        </div>
        <Button
          size="xs"
          variant="default"
          loading={test.isPending}
          aria-label={t.testRole(t.role[role], test.data !== undefined)}
          onClick={() => test.mutate()}
        >
          {test.data ? t.testAgain : t.testGo}
        </Button>
      </div>
      {!test.data && cost && <p className="nhr-quiet">{costWords(cost)}</p>}
      <div aria-live="polite">
        {test.isPending && <Skeleton height={60} mt={8} role="status" aria-label={t.testing} />}
        {test.error && <ErrorNote error={readError(test.error)} />}
        {!test.isPending && test.data && <Report report={test.data} />}
      </div>
    </article>
  );
}

function Report({ report }: { report: SelfTestReport }) {
  const role = t.role[report.role];
  const other = isOtherModel(report.model, report.modelAnswered);
  return (
    <div className="nhr-test-report">
      <div className="nhr-test-line">
        <span className="nhr-state" data-tone={report.ok ? 'good' : 'bad'}>
          {report.ok ? <IconCircleCheck aria-hidden size={17} /> : <IconCircleX aria-hidden size={17} />}
          {report.ok ? t.testPassed : t.testFailed}
        </span>
        <span className="nhr-quiet">{t.testFacts(millis(report.ms), usd(report.usd))}</span>
      </div>
      {report.booked.usd > report.usd && <p className="nhr-quiet">{t.testBooked(report.booked.calls, usd(report.booked.usd))}</p>}
      {other && <p className="nhr-test-other">{t.testOther(report.model, report.modelAnswered)}</p>}
      <ul className="nhr-checks" aria-label={t.testChecks(role)}>
        {report.checks.map((check) => (
          <li key={check.name} data-ok={check.ok}>
            <span role="img" aria-label={check.ok ? t.checkOk : t.checkBad}>
              {check.ok ? <IconCircleCheck aria-hidden size={16} /> : <IconCircleX aria-hidden size={16} />}
            </span>
            <div>
              {check.name}
              <small>{check.message}</small>
            </div>
          </li>
        ))}
      </ul>
      {report.pictures.length > 0 && (
        <ul className="nhr-test-pictures" aria-label={t.testPictures(role)}>
          {report.pictures.map(({ label, webp }) => (
            <li key={label}>
              <img src={`data:image/webp;base64,${webp}`} alt={label} />
              <small aria-hidden>{label}</small>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

/** What a test costs at most, before anybody pays for one. */
function costWords({ testCalls, usd: each, gpuSeconds, priced }: RoleCost): string {
  return priced ? t.testCost(testCalls, usd(testCalls * each)) : gpuSeconds > 0 ? t.testGpu(testCalls, testCalls * gpuSeconds) : t.testFree;
}
