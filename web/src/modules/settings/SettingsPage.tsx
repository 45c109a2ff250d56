import {
  type Icon,
  IconDevices,
  IconHistory,
  IconKey,
  IconLock,
  IconMailPlus,
  IconPalette,
  IconUser,
  IconUsersGroup,
} from '@tabler/icons-react';
import { Navigate, useParams } from '@tanstack/react-router';
import { lazy, Suspense } from 'react';
import { useTranslation } from 'react-i18next';
import { Pending } from '../../app/pages';
import { useIsAdmin } from '../../data/me';
import { PageBody, PageHead, Split, usePageTitle } from '../../ui/Page';
import { SideHeading, SideItem, SideList } from '../../ui/SideList';

interface Section {
  icon: Icon;
  Content: React.ComponentType;
  admin: boolean;
}

const mine = ['profile', 'appearance', 'password', 'sessions', 'tokens'] as const;
const organization = ['groups', 'invitations', 'audit'] as const;
type SectionName = (typeof mine)[number] | (typeof organization)[number];

const sections: Record<SectionName, Section> = {
  profile: { icon: IconUser, Content: lazy(() => import('./Profile')), admin: false },
  appearance: { icon: IconPalette, Content: lazy(() => import('./Appearance')), admin: false },
  password: { icon: IconLock, Content: lazy(() => import('./Password')), admin: false },
  sessions: { icon: IconDevices, Content: lazy(() => import('./Sessions')), admin: false },
  tokens: { icon: IconKey, Content: lazy(() => import('./Tokens')), admin: false },
  groups: { icon: IconUsersGroup, Content: lazy(() => import('./Groups')), admin: true },
  invitations: { icon: IconMailPlus, Content: lazy(() => import('./Invitations')), admin: true },
  audit: { icon: IconHistory, Content: lazy(() => import('./Audit')), admin: true },
};

const isSection = (name: string | undefined): name is SectionName => name !== undefined && name in sections;

/** One's own settings, and those of the organisation for administrators. */
export default function SettingsPage() {
  const { t } = useTranslation('settings');
  const admin = useIsAdmin();
  const { section } = useParams({ strict: false });
  usePageTitle(isSection(section) ? t(`section.${section}`) : t('title'));
  if (!isSection(section) || (sections[section].admin && !admin)) {
    return <Navigate to="/settings/{-$section}" params={{ section: 'profile' }} replace />;
  }
  const { Content } = sections[section];
  return (
    <Split list={<Sections admin={admin} />}>
      <PageHead title={t(`section.${section}`)} />
      <PageBody padded>
        <Suspense fallback={<Pending />}>
          <Content />
        </Suspense>
      </PageBody>
    </Split>
  );
}

function Sections({ admin }: { admin: boolean }) {
  const { t } = useTranslation('settings');
  const item = (name: SectionName) => (
    <SideItem
      key={name}
      to="/settings/{-$section}"
      params={{ section: name }}
      icon={sections[name].icon}
      label={t(`section.${name}`)}
    />
  );
  return (
    <SideList label={t('list')} title={t('title')}>
      <SideHeading>{t('mine')}</SideHeading>
      {mine.map(item)}
      {admin && <SideHeading>{t('organization')}</SideHeading>}
      {admin && organization.map(item)}
    </SideList>
  );
}
