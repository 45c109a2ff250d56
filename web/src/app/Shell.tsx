import { ActionIcon, useComputedColorScheme } from '@mantine/core';
import {
  type Icon,
  IconCloud,
  IconMoon,
  IconSearch,
  IconSettings,
  IconSun,
  IconTable,
  IconUsers,
} from '@tabler/icons-react';
import { Link, type LinkProps, Outlet, useLocation } from '@tanstack/react-router';
import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { useMe } from '../data/me';
import { Tip, TipHost } from '../ui/Tip';
import { AccountMenu } from './AccountMenu';
import { useThemeChoice } from './appearance';
import { ConnectionBanner } from './ConnectionBanner';
import { listenToKeys } from './keyboard';
import { useLiveUpdates } from './live';
import { OverlayHost } from './OverlayHost';
import { openPalette } from './overlays';
import classes from './Shell.module.css';
import { useShellCommands } from './shell-commands';

/** The frame around every page of the application: rail, panel, dialogs. */
export function Shell() {
  const { t } = useTranslation();
  const visitor = useMe().link !== null;
  const { pathname } = useLocation();
  useEffect(() => listenToKeys(), []);
  useShellCommands();
  useLiveUpdates();
  return (
    <div className={classes.shell}>
      <a className={classes.skip} href="#content">
        {t('shell.skip')}
      </a>
      <Rail visitor={visitor} />
      <div className={classes.column}>
        {(!visitor || pathname.startsWith('/base')) && <ConnectionBanner />}
        <main className={classes.stage} id="content" tabIndex={-1} aria-label={t('shell.content')}>
          <Outlet />
        </main>
      </div>
      <OverlayHost />
      <TipHost />
    </div>
  );
}

function Rail({ visitor }: { visitor: boolean }) {
  const { t } = useTranslation();
  const { pathname } = useLocation();
  const at = (start: string) => pathname.startsWith(start);
  return (
    <nav className={classes.rail} aria-label={t('shell.modules')}>
      <AccountMenu />
      {!visitor && (
        <>
          <Tip label={t('shell.search')}>
            <ActionIcon className={classes.search} size={34} aria-label={t('shell.search')} onClick={openPalette}>
              <IconSearch size={18} stroke={1.8} />
            </ActionIcon>
          </Tip>
          <RailLink to="/drive" active={at('/drive')} icon={IconCloud} label={t('shell.drive')} />
          <RailLink to="/bases" active={at('/base')} icon={IconTable} label={t('shell.bases')} />
          <RailLink to="/members/{-$department}" active={at('/members')} icon={IconUsers} label={t('shell.members')} />
        </>
      )}
      <div className={classes.gap} />
      <ThemeToggle />
      {!visitor && (
        <RailLink to="/settings/{-$section}" active={at('/settings')} icon={IconSettings} label={t('shell.settings')} />
      )}
    </nav>
  );
}

interface RailLinkProps {
  to: LinkProps['to'];
  icon: Icon;
  label: string;
  active: boolean;
}

function RailLink({ to, icon: Sign, label, active }: RailLinkProps) {
  return (
    <Link
      to={to}
      className={classes.item}
      params={{ department: undefined, section: 'profile' } as never}
      data-active={active || undefined}
      {...(active ? { 'aria-current': 'page' as const } : {})}
    >
      <Sign size={20} stroke={1.7} aria-hidden="true" />
      <span>{label}</span>
    </Link>
  );
}

function ThemeToggle() {
  const { t } = useTranslation();
  const scheme = useComputedColorScheme('light');
  const { choose } = useThemeChoice();
  const label = scheme === 'dark' ? t('shell.toLight') : t('shell.toDark');
  return (
    <Tip label={label}>
      <ActionIcon
        className={classes.theme}
        size={34}
        aria-label={label}
        onClick={() => choose(scheme === 'dark' ? 'light' : 'dark')}
      >
        {scheme === 'dark' ? <IconSun size={18} stroke={1.7} /> : <IconMoon size={18} stroke={1.7} />}
      </ActionIcon>
    </Tip>
  );
}
