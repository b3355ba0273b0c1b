import { curlCreate, curlReport } from '@/utils/curl';

const address = 'http://deck.lan:8000/deck';

test('the owner’s command reads the token where it lies', () => {
  const command = curlCreate({ address, tokenFile: "/srv/ada's jobs/token" }, { name: 'a' });
  expect(command).toContain(`TOKEN=$(cat '/srv/ada'\\''s jobs/token')\n`);
  expect(command).toContain('curl -X POST http://deck.lan:8000/deck/api/jobs/ \\\n');
});

test('somebody else’s command asks for their own token', () => {
  const command = curlReport({ address, tokenFile: '' }, 7, { progress: 5 });
  expect(command).toContain("TOKEN='your API token'\n");
  expect(command).toContain('curl -X PATCH http://deck.lan:8000/deck/api/jobs/7/ \\\n');
});
