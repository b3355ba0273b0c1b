// Writes what src/types has from the API's OpenAPI document: the types, and the limits of what may be submitted.
import { copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { createClient } from '@hey-api/openapi-ts';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const schema = path.resolve(process.argv[2] ?? path.join(root, '../docs/reference/openapi.json'));
const types = path.join(root, 'src/types');

const folder = await mkdtemp(path.join(tmpdir(), 'jobdeck-api-'));
try {
  await createClient({
    input: schema,
    output: { path: folder },
    plugins: ['@hey-api/typescript'],
    logs: { level: 'error' },
  });
  await copyFile(path.join(folder, 'types.gen.ts'), path.join(types, 'api.generated.ts'));
  await writeFile(
    path.join(types, 'limits.generated.ts'),
    limits(JSON.parse(await readFile(schema, 'utf8'))),
  );
  console.log(`${path.relative(root, types)} written from ${path.relative(root, schema)}`);
} finally {
  await rm(folder, { recursive: true, force: true });
}

/** The same limits that the API checks, so that a form can say them before it is sent. */
function limits({ components: { schemas } }) {
  const resolved = (value) => {
    if (Array.isArray(value)) return value.map(resolved);
    if (typeof value !== 'object' || value === null) return value;
    if (value.$ref) return resolved(schemas[value.$ref.split('/').at(-1)]);
    const kept = Object.entries(value).filter(
      ([key, each]) => key !== 'description' || typeof each !== 'string',
    );
    return Object.fromEntries(kept.map(([key, each]) => [key, resolved(each)]));
  };
  const constant = (name, from) =>
    `export const ${name} = ${JSON.stringify(resolved(schemas[from].properties), null, 2)} as const;\n`;
  return [
    '// Written by scripts/generate-api.mjs from the OpenAPI document.\n',
    constant('JOB_WRITE', 'JobWrite'),
    constant('JOB_PATCH', 'JobPatch'),
  ].join('\n');
}
