import '@mantine/core/styles.css';
import '@mantine/notifications/styles.css';
import './app.css';
import { createRoot } from 'react-dom/client';
import { initI18n } from '../i18n';
import { App } from './App';
import { watchSession } from './session';
import { watchUpdates } from './updates';

await initI18n();
watchSession();
watchUpdates();
const root = document.getElementById('root');
if (root) createRoot(root).render(<App />);
