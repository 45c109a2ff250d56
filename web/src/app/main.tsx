import '@mantine/core/styles.css';
import '@mantine/notifications/styles.css';
import './app.css';
import { createRoot } from 'react-dom/client';
import { initI18n } from '../i18n';
import { App } from './App';
import { isOpenPath, watchSession } from './session';
import { watchUpdates } from './updates';

watchUpdates();
// The parts of the first screen are fetched side by side, not one after the other; the router says so when one fails.
const ignore = () => {};
if (!isOpenPath(location.pathname)) import('./Shell').catch(ignore);
if (/^\/(drive|$)/.test(location.pathname)) import('../modules/drive/DrivePage').catch(ignore);
await initI18n();
watchSession();
const root = document.getElementById('root');
if (root) createRoot(root).render(<App />);
