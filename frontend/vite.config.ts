import { fileURLToPath } from 'node:url';
import tailwindcss from '@tailwindcss/vite';
import react from '@vitejs/plugin-react';
import { defineConfig, type Plugin } from 'vite';
import { compressed } from './scripts/compressed';

const backend = process.env.JOBDECK_BACKEND ?? 'http://127.0.0.1:8000';

/** In production a Django view fills these placeholders of index.html; in development there is no Django view. */
const placeholders: Plugin = {
  name: 'jobdeck-placeholders',
  apply: 'serve',
  transformIndexHtml: (html) => html.replaceAll('__JOBDECK_BASE__', '/').replaceAll('__JOBDECK_NONCE__', ''),
};

export default defineConfig({
  base: './',
  plugins: [react(), tailwindcss(), placeholders, compressed()],
  resolve: { alias: { '@': fileURLToPath(new URL('./src', import.meta.url)) } },
  build: { target: 'es2022', assetsInlineLimit: 0, sourcemap: false },
  // Jobdeck checks who asks: start it with JOBDECK_ALLOWED_HOSTS=127.0.0.1:5173 beside this server.
  server: {
    host: '127.0.0.1',
    port: 5173,
    proxy: {
      '/api': { target: backend, changeOrigin: false },
      '/ws': { target: backend, ws: true, changeOrigin: false },
    },
  },
});
