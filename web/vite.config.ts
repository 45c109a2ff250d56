import react from '@vitejs/plugin-react';
import { defineConfig } from 'vitest/config';

const server = process.env.SKEIN_SERVER ?? 'http://127.0.0.1:7300';

export default defineConfig({
  plugins: [react()],
  build: {
    target: 'es2023',
    manifest: true,
    reportCompressedSize: false,
    chunkSizeWarningLimit: 2000,
    // Forms are a page of their own, without the client's shell.
    rolldownOptions: { input: ['index.html', 'form.html'] },
  },
  server: {
    host: '127.0.0.1',
    port: 7310,
    proxy: { '/api': { target: server, ws: true } },
  },
  test: {
    environment: 'happy-dom',
    setupFiles: ['src/app/test-setup.ts'],
    restoreMocks: true,
  },
});
