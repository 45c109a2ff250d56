import { IconCloudOff } from '@tabler/icons-react';
import { useEffect, useState, useSyncExternalStore } from 'react';
import { useTranslation } from 'react-i18next';
import { socket } from '../data/socket';
import classes from './Shell.module.css';

/** A short interruption is nobody's business, in milliseconds. */
const patience = 2500;

/** Says that the connection is lost, when it stays lost. */
export function ConnectionBanner() {
  const { t } = useTranslation();
  const status = useSyncExternalStore(
    (listener) => socket.onStatus(listener),
    () => socket.status(),
  );
  const [shown, setShown] = useState(false);
  const online = status === 'online';
  useEffect(() => {
    if (online) return setShown(false);
    const timer = setTimeout(() => setShown(true), patience);
    return () => clearTimeout(timer);
  }, [online]);
  return (
    <div role="status">
      {shown && (
        <div className={classes.banner}>
          <IconCloudOff size={16} aria-hidden="true" />
          {navigator.onLine ? t('shell.connecting') : t('shell.offline')}
        </div>
      )}
    </div>
  );
}
