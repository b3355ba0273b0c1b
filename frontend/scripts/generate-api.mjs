// Writes src/services/api.generated.ts from the API's OpenAPI document: types only, one file.
import { copyFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { createClient } from '@hey-api/openapi-ts';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const schema = path.resolve(process.argv[2] ?? path.join(root, '../docs/reference/openapi.json'));
const target = path.join(root, 'src/services/api.generated.ts');

const folder = await mkdtemp(path.join(tmpdir(), 'jobdeck-api-'));
try {
  await createClient({
    input: schema,
    output: { path: folder },
    plugins: ['@hey-api/typescript'],
    logs: { level: 'error' },
  });
  await copyFile(path.join(folder, 'types.gen.ts'), target);
  console.log(`${path.relative(root, target)} written from ${path.relative(root, schema)}`);
} finally {
  await rm(folder, { recursive: true, force: true });
}
