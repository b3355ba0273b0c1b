import js from '@eslint/js';
import jsxA11y from 'eslint-plugin-jsx-a11y';
import reactHooks from 'eslint-plugin-react-hooks';
import globals from 'globals';
import tseslint from 'typescript-eslint';

// Folders import one another by '@/folder/file', so that each rule below sees every crossing.
const crossings = {
  regex: '^\\.\\./',
  message: "Import across folders by '@/…', so that the direction of imports can be checked.",
};

/** Forbids the folder in `files` to import any of `folders`. */
function layer(files, folders, message, extra = []) {
  return {
    files,
    ignores: ['src/**/*.test.{ts,tsx}', 'src/test/**'],
    rules: {
      '@typescript-eslint/no-restricted-imports': [
        'error',
        { patterns: [crossings, { regex: `^@/(${folders.join('|')})(/|$)`, message }, ...extra] },
      ],
    },
  };
}

const noFetching = [
  {
    regex: '^@/services/',
    allowTypeImports: true,
    message: 'A component takes props and service types; pages and hooks fetch.',
  },
  { regex: '^@tanstack/react-query', message: 'A component takes props; pages and hooks fetch.' },
];

export default tseslint.config(
  { ignores: ['dist', 'coverage', 'src/types/*.generated.ts'] },
  js.configs.recommended,
  {
    files: ['**/*.{ts,tsx}'],
    extends: [...tseslint.configs.strictTypeChecked, ...tseslint.configs.stylisticTypeChecked],
    languageOptions: {
      parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname },
      globals: globals.browser,
    },
    rules: {
      '@typescript-eslint/consistent-type-definitions': ['error', 'interface'],
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/no-misused-promises': ['error', { checksVoidReturn: { attributes: false } }],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/no-restricted-imports': ['error', { patterns: [crossings] }],
      eqeqeq: 'error',
      'max-lines': ['error', { max: 350, skipBlankLines: true }],
    },
  },
  {
    files: ['src/**/*.tsx', 'src/**/*.ts'],
    plugins: { 'react-hooks': reactHooks, 'jsx-a11y': jsxA11y },
    rules: {
      ...reactHooks.configs.recommended.rules,
      // Speaks to the React Compiler, which is not used here.
      'react-hooks/preserve-manual-memoization': 'off',
      ...jsxA11y.flatConfigs.recommended.rules,
      // What scrolls must be reachable by keyboard; such a place is a named region.
      'jsx-a11y/no-noninteractive-tabindex': ['error', { tags: [], roles: ['region', 'tabpanel'] }],
      'no-restricted-globals': ['error', { name: 'fetch', message: 'Requests go through services/http.ts.' }],
    },
  },
  {
    // What comes from outside is checked, and what is ours has its type already. A table whose rows have a type each
    // is treated as one by submission.ts; `satisfies` holds every row to its own there.
    files: ['src/**/*.{ts,tsx}'],
    ignores: ['src/**/*.test.{ts,tsx}', 'src/test/**', 'src/utils/submission.ts'],
    rules: { '@typescript-eslint/consistent-type-assertions': ['error', { assertionStyle: 'never' }] },
  },
  layer(
    ['src/utils/**', 'src/types/**'],
    ['services', 'hooks', 'contexts', 'components', 'pages'],
    'utils and types import nothing of the layers above them.',
  ),
  layer(
    ['src/services/**'],
    ['hooks', 'contexts', 'components', 'pages'],
    'services import types and utils only.',
  ),
  layer(
    ['src/hooks/**', 'src/contexts/**'],
    ['components', 'pages'],
    'hooks and contexts know no components.',
  ),
  layer(
    ['src/components/**'],
    ['pages', 'hooks/(?!ui/)[^/]+', 'contexts/LiveContext'],
    'components import hooks/ui, contexts of the page itself, types and utils; pages and hooks fetch.',
    noFetching,
  ),
  {
    files: ['src/services/http.ts', 'src/test/**', 'src/**/*.test.{ts,tsx}'],
    rules: { 'no-restricted-globals': 'off' },
  },
  {
    files: ['**/*.mjs', '*.js', 'public/**/*.js'],
    languageOptions: { globals: { ...globals.node, ...globals.browser } },
  },
);
