/** @type {import('jest').Config} */
export default {
  testEnvironment: 'jest-fixed-jsdom',
  roots: ['<rootDir>/src'],
  setupFilesAfterEnv: ['<rootDir>/src/test/setup.ts'],
  moduleNameMapper: {
    '^@/(.*)$': '<rootDir>/src/$1',
    '\\.css$': '<rootDir>/src/test/style.ts',
  },
  transform: {
    '^.+\\.(t|j|mj)sx?$': [
      '@swc/jest',
      {
        jsc: {
          parser: { syntax: 'typescript', tsx: true },
          transform: { react: { runtime: 'automatic' } },
          target: 'es2022',
        },
      },
    ],
  },
  // These publish ES modules only, and Jest runs CommonJS.
  transformIgnorePatterns: [
    '/node_modules/(?!(msw|@mswjs|until-async|rettime|@open-draft|@bundled-es-modules)/)',
  ],
  restoreMocks: true,
  testTimeout: 30_000,
  maxWorkers: 2,
};
