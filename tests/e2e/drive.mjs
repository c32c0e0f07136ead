// drive.mjs URL SCREENSHOTS CHROMIUM: a person's way through every page of the console, in a real browser.
// Prints what it measured as JSON; anything that isn't as it should be ends it with an error.
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { chromium } from 'playwright-core';

const [url, folder, executablePath] = process.argv.slice(2);
mkdirSync(folder, { recursive: true });
const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-dev-shm-usage', '--disable-gpu'] });
const context = await browser.newContext({ viewport: { width: 1280, height: 820 }, acceptDownloads: true });
const measured = {};
const wrong = [];
// The browser's own lines: for an answer that the page shows, and for the style with which it would type over a selection
// in the editor (which the policy forbids it).
const expected = [/status of [45]\d\d/, /Applying inline style violates/];

async function open(options = {}) {
  const page = await context.newPage();
  page.setDefaultTimeout(20000);
  page.on('pageerror', (error) => wrong.push(`page: ${error.message}`));
  page.on('console', (line) => line.type() === 'error' && !expected.some((one) => one.test(line.text())) && wrong.push(`console: ${line.text()}`));
  page.on('request', (request) => !request.url().startsWith(url) && !/^(data|blob):/.test(request.url()) && wrong.push(`left the machine: ${request.url()}`));
  page.on('dialog', (dialog) => (wrong.push(`a script of the data ran: ${dialog.message()}`), dialog.dismiss()));
  await page.emulateMedia({ colorScheme: options.dark ? 'dark' : 'light', reducedMotion: 'reduce' });
  return page;
}
const page = await open();
const go = (hash) => page.goto(url + hash);
const shoot = async (name, on = page) => {
  await on.bringToFront(); // a tab behind others isn't drawn
  await on.screenshot({ path: join(folder, name + '.png') });
};
const rows = (on = page) => on.locator('.grid-row');
const firstRow = async (text) => page.locator('.grid-row').first().filter({ hasText: text }).waitFor();
const tab = (name) => page.getByRole('tab', { name, exact: true }).click();

const steps = {
  async overview() {
    const start = Date.now();
    await go('#/');
    await page.getByRole('cell', { name: 'weather' }).first().waitFor();
    measured.page_ms = Date.now() - start;
    await page.getByText('CorruptTable').waitFor(); // one that can't be opened says so in its place
    await page.locator('tr', { hasText: 'orders' }).getByText('delta').waitFor();
    await page.getByRole('button', { name: 'Rows' }).click();
    await shoot('overview');
    await page.getByLabel('Find a table').fill('sub');
    assert.equal(await page.locator('.table-links a').count(), 1);
    await page.getByLabel('Find a table').fill('');
    await page.locator('h1').click();
    await page.keyboard.press('/');
    assert.equal(await page.evaluate(() => document.activeElement.id), 'table-search');
  },

  async data() {
    await page.locator('.table-links a', { hasText: 'weather' }).click();
    await firstRow('2025-03-0');
    await shoot('data');
    await page.getByRole('columnheader', { name: 'temperature' }).getByRole('button').click();
    await firstRow('Oslo');
    await page.getByRole('columnheader', { name: 'temperature' }).getByRole('button').click();
    await page.locator('[aria-sort=descending]').waitFor();
    await page.getByLabel('Rows for which').fill("city = 'Oslo'");
    await page.getByRole('button', { name: 'Filter' }).click();
    await page.locator('.status-line', { hasText: /^24 rows$/ }).waitFor();
    await page.getByLabel('Rows for which').fill('city >');
    await page.getByRole('button', { name: 'Filter' }).click();
    await page.locator('.problem', { hasText: 'predicate' }).waitFor();
    await shoot('data-wrong-filter');
    await page.getByLabel('Rows for which').fill("city = 'Nowhere'");
    await page.getByRole('button', { name: 'Filter' }).click();
    await page.getByText('No row meets the condition').waitFor();
    await shoot('data-no-rows');
    await page.getByLabel('Rows for which').fill('');
    await page.getByRole('button', { name: 'Columns' }).click();
    await page.locator('.column-choice label', { hasText: 'city' }).click();
    await page.keyboard.press('Escape');
    await page.getByRole('columnheader', { name: 'city' }).waitFor({ state: 'detached' });
    await page.getByLabel('Version').selectOption('1');
    await page.getByText('This is version 1').waitFor();
    await page.getByRole('button', { name: 'Show the newest' }).click();
    await page.getByText('This is version 1').waitFor({ state: 'detached' });
  },

  async cells() {
    await go('#/table/nested');
    await firstRow('anna');
    await page.locator('.grid-row').first().locator('.kind-nested').first().click();
    await page.locator('.cell-panel pre', { hasText: '"street"' }).waitFor();
    await shoot('nested-cell');
    await page.locator('.grid').press('ArrowDown');
    await page.locator('.cell-panel', { hasText: 'row 2' }).waitFor();
    await page.locator('.grid').press('Escape');
    await page.locator('.cell-panel').waitFor({ state: 'detached' });
  },

  async hostile() {
    await go('#/table/hostile');
    await page.locator('.grid-row', { hasText: '<img src=x onerror=alert(1)>' }).waitFor();
    await page.locator('.grid-row', { hasText: '‹202E›evil␇␊second line' }).waitFor();
    assert.equal(await page.locator('.grid img, .grid script, .grid b:has(> *)').count(), 0);
    await page.getByRole('columnheader', { name: '<b>bold</b>' }).first().waitFor();
    await shoot('hostile');
    await page.locator('.grid-row', { hasText: 'long long' }).locator('span').nth(1).click();
    await page.waitForFunction(() => document.querySelector('.cell-panel pre').textContent.length === 100000);
    await tab('Schema');
    await page.getByText('<b>bold</b>').first().waitFor();
    await tab('Statistics');
    await page.locator('.histogram').first().waitFor();
  },

  async million() {
    await go('#/table/big');
    await page.locator('.status-line', { hasText: /^1\s000\s000 rows$/ }).waitFor();
    const start = Date.now();
    for (let i = 1; i <= 20; ++i) {
      await page.locator('.grid').evaluate((grid, share) => (grid.scrollTop = grid.scrollHeight * share), i / 20);
      await page.waitForTimeout(16);
    }
    await page.locator('.row-number', { hasText: /^1\s000\s000$/ }).waitFor();
    await page.locator('.grid-row', { has: page.getByText('999999', { exact: true }) }).first().waitFor();
    measured.scroll_million_ms = Date.now() - start;
    await shoot('million');
    await page.locator('.grid').evaluate((grid) => (grid.scrollTop = 0));
    await firstRow('0');
  },

  async schema() {
    await go('#/table/nested?tab=schema');
    await page.getByText('street').first().waitFor();
    await shoot('schema');
  },

  async statistics() {
    await go('#/table/weather?tab=statistics');
    await page.locator('.histogram').nth(2).waitFor();
    await shoot('statistics');
  },

  async history() {
    await go('#/table/weather?tab=history');
    await page.locator('.entry', { hasText: 'MERGE' }).click();
    await page.locator('.difference', { hasText: 'added' }).waitFor();
    await shoot('history');
    await page.getByRole('button', { name: 'Rows that changed' }).click();
    await page.locator('.changed-rows .row-plus, .changed-rows .row-minus').first().waitFor(); // in no order
    await page.getByRole('button', { name: 'Same row by' }).click();
    await page.locator('.column-choice label', { hasText: 'time' }).click();
    await page.locator('.column-choice label', { hasText: 'city' }).click();
    await page.keyboard.press('Escape');
    await page.locator('.changed-rows .grid-row', { hasText: 'update_postimage' }).first().waitFor();
    await page.locator('.changed-rows .grid-row.row-minus', { hasText: 'update_preimage' }).first().waitFor();
    await page.locator('.changed-files summary').click();
    await shoot('history-rows');
    await page.getByLabel('Compared with').selectOption('0');
    await page.getByRole('button', { name: 'Rows that changed' }).or(page.getByRole('button', { name: 'Hide rows' })).first().waitFor();
    await page.locator('.changed-rows .grid-row').first().waitFor();
    assert.equal(await page.locator('.changed-rows .grid-row', { hasText: 'delete' }).count(), 0);
    await page.getByRole('button', { name: 'Show this version' }).click();
    await page.getByText('This is version').waitFor();
  },

  async files() {
    await go('#/table/orders?tab=files');
    await page.locator('.treemap .file').first().waitFor();
    assert.ok((await page.locator('.treemap .file').count()) >= 8);
    await page.locator('.treemap .file').first().click();
    await page.locator('dl.pairs', { hasText: 'Holds' }).waitFor();
    await shoot('files');
  },

  async maintenance() {
    await go('#/table/orders?tab=maintenance');
    const task = (name) => page.getByRole('region', { name, exact: true });
    await shoot('maintenance');
    await task('Doctor').getByRole('button', { name: 'Look the table over' }).click();
    await task('Doctor').getByText('The table is healthy').waitFor();
    assert.equal(await task('Doctor').getByRole('button', { name: 'Repair' }).count(), 0);
    await task('Optimize').getByRole('button', { name: 'What would be done' }).click();
    await task('Optimize').getByText('would become about').waitFor();
    await shoot('maintenance-preview');
    await task('Optimize').getByLabel('only what has deleted rows').check(); // what was looked at is what is done
    await task('Optimize').getByRole('button', { name: 'Write files again' }).waitFor({ state: 'detached' });
    await task('Optimize').getByLabel('only what has deleted rows').uncheck();
    await task('Optimize').getByRole('button', { name: 'Write files again' }).click();
    await task('Optimize').locator('.banner.good', { hasText: 'became' }).waitFor();
    await task('Optimize').getByRole('button', { name: 'What would be done' }).click();
    await task('Optimize').getByText('There is nothing to do').waitFor();

    await task('Restore').getByLabel('Restore version').selectOption('2');
    await task('Restore').getByRole('button', { name: 'What would be done' }).click();
    await task('Restore').getByText('what it was at version 2').waitFor();
    await task('Restore').getByRole('button', { name: 'Restore', exact: true }).click();
    await task('Restore').locator('.banner.good', { hasText: 'is as version 2' }).waitFor();
    await task('Vacuum').getByLabel('Keep versions of the last').fill('0h');
    await task('Vacuum').getByRole('button', { name: 'What would be done' }).click();
    await task('Vacuum').locator('.problem', { hasText: 'retention' }).waitFor();
    await task('Vacuum').getByLabel('less than the table’s own retention').check();
    await task('Vacuum').getByRole('button', { name: 'What would be done' }).click();
    await task('Vacuum').getByText('would be deleted').waitFor();
    await task('Vacuum').locator('tbody tr').first().waitFor();
    await task('Vacuum').getByRole('button', { name: 'Delete files' }).click();
    await task('Vacuum').locator('.banner.good', { hasText: 'deleted' }).waitFor();
    for (const name of ['Checkpoint', 'Compact log', 'Clean log', 'Analyze']) {
      await task(name).getByRole('button', { name: 'What would be done' }).click();
      await task(name).getByRole('status').last().waitFor();
    }
    await task('Checkpoint').getByRole('button', { name: 'Write it' }).click();
    await task('Checkpoint').locator('.banner.good', { hasText: 'of the log written' }).waitFor();
    await shoot('maintenance-done');
    await go('#/table/broken?tab=maintenance'); // one that can't be opened can be looked over
    await task('Doctor').getByRole('button', { name: 'Look the table over' }).click();
    await task('Doctor').getByText('The table is damaged').waitFor();
    await shoot('doctor-damaged');
  },

  async properties() {
    await go('#/table/orders?tab=about');
    await page.getByText('Protocol and features').waitFor();
    await shoot('properties');
  },

  // Every page once more, of a table of another format: its versions are numbers of 19 digits.
  async iceberg() {
    await go('#/table/stations');
    await page.locator('.page-head .chip', { hasText: 'iceberg' }).waitFor();
    await page.locator('.status-line', { hasText: /^270 rows$/ }).waitFor();
    await page.getByRole('columnheader', { name: 'height' }).getByRole('button').click();
    await firstRow('Station 0!');
    await shoot('iceberg-data');
    await page.getByLabel('Rows for which').fill("country = 'NO' and id > 100");
    await page.getByRole('button', { name: 'Filter' }).click();
    await page.locator('.status-line', { hasText: /^59 rows$/ }).waitFor();
    await page.getByLabel('Version').selectOption('whole'); // a tag: before the deletes
    await page.getByText(/This is version \d{15,}/).waitFor();
    await page.locator('.status-line', { hasText: /^66 rows$/ }).waitFor();
    await page.getByLabel('Version').selectOption('main');
    await page.locator('.status-line', { hasText: /^59 rows$/ }).waitFor();
    await page.getByLabel('Version').selectOption({ index: 5 }); // the version of that name, behind both names
    await page.getByText(/This is version \d{15,}/).waitFor();
    await page.locator('.status-line', { hasText: /^66 rows$/ }).waitFor();
    await tab('Schema');
    await page.getByText('double').first().waitFor();
    await tab('Files');
    await page.locator('.treemap .file').nth(2).waitFor();
    await page.getByRole('button', { name: 'Show the newest' }).click();
    await page.locator('.treemap .file').nth(5).waitFor();
    await shoot('iceberg-files');
    await tab('Statistics');
    await page.locator('.histogram').nth(3).waitFor();
    await tab('Properties');
    await page.getByText('format version').waitFor();
    await shoot('iceberg-properties');
    await tab('History');
    await page.locator('.entry', { hasText: 'delete' }).last().click();
    await page.locator('.difference', { hasText: 'added' }).waitFor();
    await page.getByRole('button', { name: 'Rows that changed' }).click();
    await page.locator('.change .note', { hasText: '30 rows of difference' }).waitFor();
    await page.locator('.changed-rows .grid-row.row-minus').first().waitFor();
    await shoot('iceberg-history');
    await tab('Maintenance');
    const task = (name) => page.getByRole('region', { name, exact: true });
    await task('Doctor').getByRole('button', { name: 'Look the table over' }).click();
    await task('Doctor').getByText('The table is healthy').waitFor();
    await task('Optimize').getByRole('button', { name: 'What would be done' }).click();
    await task('Optimize').getByText('would become about').waitFor();
    await task('Optimize').getByRole('button', { name: 'Write files again' }).click();
    await task('Optimize').locator('.banner.good', { hasText: 'became' }).waitFor();
    await task('Restore').getByLabel('Restore version').selectOption({ index: 1 });
    await task('Restore').getByRole('button', { name: 'What would be done' }).click();
    await task('Restore').getByText('would make the table what it was').waitFor();
    await task('Checkpoint').getByRole('button', { name: 'What would be done' }).click();
    await task('Checkpoint').locator('.problem', { hasText: 'UnsupportedFeature' }).waitFor(); // said in its place
    await shoot('iceberg-maintenance');
    await page.getByRole('link', { name: 'Query', exact: true }).click();
    await page.locator('.cm-content', { hasText: 'stations' }).waitFor();
    await type("select country, count(*) as stations, max(height) as highest\nfrom stations where country <> 'FR' group by country order by country");
    await run();
    await firstRow('NO');
    await tab('Plan');
    await page.locator('.step', { hasText: /files?/i }).first().waitFor();
    await shoot('iceberg-plan');
    await tab('Rows');
    await type("insert into stations values (900, 'New', 'PE', 12.5)");
    await run();
    await page.getByText('1 row changed').waitFor();
    await type("create table 'made' with (format = 'iceberg') as select * from stations where country = 'PE'");
    await run();
    await page.locator('.status-line', { hasText: ' in ' }).waitFor();
    const file = join(folder, 'stations.csv');
    writeFileSync(file, 'id,name,country,height\n901,Brought,NO,3.25\n');
    await go('#/import?table=stations');
    await page.locator('input[type=file]').setInputFiles(file);
    await firstRow('Brought');
    await page.getByRole('button', { name: 'Import', exact: true }).click();
    await page.getByText('1 row imported').waitFor();
  },

  async savedQueries() {
    await go('#/');
    await page.locator('.cards', { hasText: 'Mean by city' }).waitFor();
    await shoot('overview-saved');
    await page.locator('.saved-links a', { hasText: 'Mean by city' }).click();
    await page.locator('h1', { hasText: 'Mean by city' }).waitFor();
    await page.locator('.markdown code', { hasText: 'weather' }).waitFor();
    await page.locator('.status-line', { hasText: /^3 rows in/ }).waitFor(); // the default of $least
    await page.locator('.grid-totals', { hasText: '120' }).waitFor();
    await shoot('saved-query');
    await page.locator('.parameters input').fill('');
    await page.getByRole('button', { name: 'Run', exact: true }).click();
    await page.locator('.status-line', { hasText: /^4 rows in/ }).waitFor(); // blank is null
    await tab('Chart');
    await page.locator('.plot canvas').waitFor();
    await page.getByRole('link', { name: 'Edit SQL' }).click();
    await page.locator('.cm-content', { hasText: '$least' }).waitFor();
    await type('select city, max(temperature) as most\nfrom weather where city <> $without\ngroup by city order by city');
    await page.locator('.parameters input').fill('Oslo');
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await page.getByLabel('Title').fill('Warmest: hour');
    await page.getByLabel('Description').fill('Of **each** city');
    await page.getByLabel('a row of totals').check();
    await shoot('sql-save');
    await page.locator('.save-form').getByRole('button', { name: 'Save', exact: true }).click();
    await page.locator('.save-form', { hasText: 'Saved in lakelet.yml' }).waitFor();
    await page.locator('.save-form a').click();
    await page.locator('.grid-row', { hasText: 'Paris' }).waitFor();
    await page.locator('.status-line', { hasText: /^3 rows in/ }).waitFor();
    await page.locator('.grid-totals').waitFor();
    await shoot('saved-again');
  },

  async missing() {
    await go('#/table/nowhere');
    await page.locator('.problem', { hasText: 'NotFound' }).waitFor();
    await shoot('not-found');
  },

  async sql() {
    await go('#/sql');
    await page.getByText('Nothing has run yet').waitFor();
    await shoot('sql-empty');
    await type('select city, count(*) as hours, avg(temperature) as mean\nfrom weather where temperature > $least::float\ngroup by city order by mean');
    await page.locator('.parameters input').fill('-50');
    await page.keyboard.press('Enter');
    await firstRow('Oslo');
    await shoot('sql-rows');
    await tab('Chart');
    await page.locator('.plot canvas').waitFor();
    await shoot('sql-bars');
    for (const shape of ['line', 'scatter', 'histogram']) {
      await page.getByLabel('Chart').selectOption(shape);
      await page.locator('.plot canvas').waitFor();
    }
    const picture = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Save picture' }).click();
    assert.equal((await picture).suggestedFilename(), 'chart.png');
    await tab('Plan');
    await page.locator('.step').first().waitFor();
    await page.getByLabel('run it, and measure each step').check();
    await page.locator('.step meter').first().waitFor();
    await shoot('sql-plan');
    await tab('Rows');
  },

  // The result is looked at again: no second run, and what is taken away is what is seen.
  async resultFilter() {
    await page.getByLabel('Rows of the result for which').fill('hours > 30');
    await page.getByRole('button', { name: 'Filter', exact: true }).click();
    await page.getByText('2 rows of it').waitFor();
    await page.getByRole('columnheader', { name: 'mean' }).getByRole('button').click();
    await page.getByRole('columnheader', { name: 'mean' }).getByRole('button').click();
    await firstRow('Rome');
    await shoot('sql-filtered');
    await page.getByRole('button', { name: 'Export' }).click();
    const download = page.waitForEvent('download');
    await page.getByRole('link', { name: 'csv', exact: true }).click();
    assert.match(readFileSync(await (await download).path(), 'utf8'), /^city,hours,mean\r\nRome,48,[\d.]+\r\nParis,48,[\d.]+\r\n$/);
    await page.keyboard.press('Escape');
    await page.getByLabel('Rows of the result for which').fill('hours >');
    await page.getByRole('button', { name: 'Filter', exact: true }).click();
    await page.locator('.problem', { hasText: 'yntax error' }).waitFor();
    await page.getByLabel('Rows of the result for which').fill('');
    await firstRow('Lima'); // the order stays
    await page.locator('.grid-row', { hasText: 'Oslo' }).locator('span').nth(1).click();
    await page.getByRole('button', { name: 'Only rows with it' }).click();
    await page.getByText('1 row of it').waitFor();
    await page.getByLabel('Rows of the result for which').fill('');
    await page.locator('.grid-row').nth(3).waitFor();
  },

  async exports() {
    await page.locator('.grid-row').first().waitFor();
    for (const format of ['csv', 'json', 'jsonl', 'parquet', 'arrow']) {
      await page.getByRole('button', { name: 'Export' }).click();
      const download = page.waitForEvent('download');
      await page.getByRole('link', { name: format, exact: true }).click();
      const path = await (await download).path();
      assert.ok(readFileSync(path).length > 20, format);
      if (format === 'csv') assert.match(readFileSync(path, 'utf8'), /^city,hours,mean\r\n/);
      await page.keyboard.press('Escape');
    }
  },

  async chartOverTime() {
    await page.getByRole('button', { name: 'New query' }).click();
    await type('select time, temperature from weather where city = \'Paris\' order by time');
    await run();
    await page.locator('.grid-row').first().waitFor();
    await tab('Chart');
    await page.locator('.plot canvas').waitFor();
    await shoot('sql-line');
    await type("select\n  time,\n  max(temperature) filter (where city = 'Paris') as \"Paris\",\n  max(temperature) filter (where city = 'Rome') as \"Rome\"\nfrom weather\nwhere time < $until::timestamptz\ngroup by time order by time");
    await page.locator('.parameters input').fill('2025-03-03');
    await page.getByRole('button', { name: 'Run' }).click();
    await page.locator('.status-line', { hasText: /^48 rows in/ }).waitFor();
    await page.locator('.chart .check', { hasText: 'Rome' }).waitFor();
    await page.locator('.plot canvas').waitFor();
    await shoot('readme');
    await tab('Rows');
  },

  async completion() {
    await page.getByRole('button', { name: 'New query' }).click();
    await page.locator('.cm-content').click();
    await page.keyboard.type('select * from weat', { delay: 20 });
    await page.locator('.cm-tooltip-autocomplete', { hasText: 'weather' }).waitFor();
    await shoot('sql-completion');
    await page.keyboard.press('Escape');
  },

  async wrongQuery() {
    await type('select citty\nfrom weather');
    await run();
    await page.locator('.problem', { hasText: 'citty' }).waitFor();
    await shoot('sql-wrong');
  },

  async format() {
    await type("select city,max(temperature) as most -- of all\nfrom weather where temperature>$least and city<>'a,b' group by city order by 2");
    await page.getByRole('button', { name: 'Format', exact: true }).click();
    await page.locator('.cm-line', { hasText: /^ {2}city,$/ }).waitFor();
    const text = await page.locator('.cm-content').innerText();
    assert.match(text, /from\s+weather\s+where\s+temperature > \$least\s+and city <> 'a,b'/);
    assert.match(text, /-- of all/);
    await shoot('sql-format');
    await page.locator('.cm-content').press('Control+z'); // one step back is the text as it was
    await page.locator('.cm-line', { hasText: 'city,max' }).waitFor();
    await page.locator('.cm-content').press('Shift+Alt+F');
    await page.locator('.cm-line', { hasText: /^ {2}city,$/ }).waitFor();
    await type("select 'never ended");
    await page.getByRole('button', { name: 'Format', exact: true }).click();
    await page.getByText('It can’t be laid out').waitFor();
  },

  async cancel() {
    await type('select count(*) from range(100000000) a, range(100000) b');
    await run();
    await page.getByRole('button', { name: 'Cancel' }).click();
    await page.locator('.status-line', { hasText: 'cancelled' }).waitFor();
    await shoot('sql-cancelled');
  },

  async streaming() {
    await type('select range as i, md5(range::varchar) as hash from range(6000000)');
    const start = Date.now();
    await run();
    await page.locator('.grid-row').first().waitFor();
    measured.first_rows_of_6_million_ms = Date.now() - start;
    await page.locator('.status-line', { hasText: /6\s000\s000 rows in/ }).waitFor({ timeout: 60000 });
    measured.all_of_6_million_ms = Date.now() - start;
    await shoot('sql-many');
  },

  async changes() {
    await type("insert into 'fresh' values (1), (2)");
    await run();
    await page.locator('.problem').waitFor(); // there is no such table yet
    await type("create table 'fresh' (a int) with (format = 'delta')");
    await run();
    await page.locator('.status-line', { hasText: ' in ' }).waitFor();
    await type("insert into 'fresh' values (1), (2)");
    await run();
    await page.getByText('2 rows changed').waitFor();
  },

  async past() {
    await page.getByRole('button', { name: 'History' }).click();
    await page.locator('.past-entry', { hasText: 'citty' }).waitFor();
    await shoot('sql-history');
    await page.keyboard.press('Escape');
    await page.reload();
    await page.locator('.cm-content', { hasText: 'insert into' }).waitFor(); // sheets are kept
  },

  async importing() {
    const file = join(folder, 'more.csv');
    writeFileSync(file, 'time;city;temperature\n2025-04-01 00:00:00;Lima;18.5\n2025-04-01 01:00:00;Lima;19\n');
    await go('#/import');
    await page.getByText('Drop a file here').waitFor();
    await shoot('import-empty');
    await page.locator('input[type=file]').setInputFiles(file);
    await firstRow('Lima');
    await page.getByLabel('Into').selectOption('weather');
    await shoot('import-preview');
    await page.getByRole('button', { name: 'Import', exact: true }).click();
    await page.getByText('2 rows imported').waitFor();
    writeFileSync(file, 'time;city;temperature\n2025-04-01 00:00:00;Lima;warm\n');
    await page.locator('input[type=file]').setInputFiles(file);
    await firstRow('warm');
    await page.getByRole('button', { name: 'Import', exact: true }).click();
    await page.locator('.problem', { hasText: 'warm' }).waitFor();
    await shoot('import-wrong');
    await page.getByLabel('Into').selectOption('');
    await page.getByLabel('Called').fill('brought');
    await page.getByRole('button', { name: 'Import', exact: true }).click();
    await page.locator('.banner', { hasText: 'brought' }).waitFor();
    await page.locator('.table-links a', { hasText: 'brought' }).click();
    await firstRow('warm');
  },

  async sheets() {
    await go('#/import');
    await page.locator('input[type=file]').setInputFiles(join(folder, 'two.xlsx'));
    await page.getByLabel('Sheet').selectOption('summer');
    await firstRow('Turku');
    await shoot('import-sheet');
    await page.getByLabel('Called').fill('summer');
    await page.getByRole('button', { name: 'Import', exact: true }).click();
    await page.getByText('2 rows imported').waitFor();
  },

  async goneAway() {
    const other = await open();
    await other.goto(url + '#/sql');
    await other.getByRole('button', { name: 'New query' }).click();
    await other.locator('.cm-content').click();
    await other.keyboard.insertText('select count(*) from range(100000000) a, range(100000) b');
    const started = other.waitForResponse((response) => response.url().endsWith('/api/queries') && response.ok());
    await other.keyboard.press('Control+Enter');
    const { id } = await (await started).json();
    await other.close();
    for (let i = 0; ; ++i) {
      const status = await page.request.get(`${url}api/queries/${id}`);
      if (status.status() === 404 || (await status.json()).state !== 'running') break;
      assert.ok(i < 100, 'the query of a page that is gone still runs');
      await page.waitForTimeout(100);
    }
  },

  async darkAndNarrow() {
    const dark = await open({ dark: true });
    const narrow = await open();
    await narrow.setViewportSize({ width: 390, height: 844 });
    const places = {
      overview: ['#/', 'td >> text=weather'],
      data: ['#/table/weather', '.grid-row'],
      schema: ['#/table/nested?tab=schema', 'text=street'],
      statistics: ['#/table/weather?tab=statistics', '.histogram >> nth=2'],
      history: ['#/table/weather?tab=history', '.entry'],
      files: ['#/table/orders?tab=files', '.treemap .file'],
      iceberg: ['#/table/stations?tab=history', '.entry'],
      maintenance: ['#/table/orders?tab=maintenance', 'h2 >> text=Vacuum'],
      saved: ['#/query/means', '.grid-totals'],
      properties: ['#/table/orders?tab=about', 'text=Protocol and features'],
      sql: ['#/sql', '.cm-content'],
      import: ['#/import', 'text=Drop a file'],
      hostile: ['#/table/hostile', '.grid-row'],
    };
    for (const [name, [hash, sign]] of Object.entries(places)) {
      for (const [look, on] of [['dark', dark], ['narrow', narrow]]) {
        await on.goto(url + hash);
        await on.locator(sign).first().waitFor();
        if (name === 'history' || name === 'iceberg') {
          await on.locator('.entry', { hasText: name === 'history' ? 'MERGE' : 'delete' }).last().click();
          await on.locator('.difference').waitFor();
          await on.getByRole('button', { name: 'Rows that changed' }).click();
          await on.locator('.changed-rows .grid-row').first().waitFor();
        }
        if (name === 'maintenance') {
          await on.getByRole('button', { name: 'Look the table over' }).click();
          await on.getByText('The table is healthy').waitFor();
        }
        if (name === 'sql') {
          await on.getByRole('button', { name: 'New query' }).click();
          await on.locator('.cm-content').click();
          await on.keyboard.insertText('-- by city\nselect city, count(*) as hours, avg(temperature) as mean\nfrom weather\nwhere temperature > -50\ngroup by city order by mean');
          await on.keyboard.press('Control+Enter');
          await on.locator('.grid-row').first().waitFor();
        }
        await shoot(`${name}-${look}`, on);
        const wide = await on.evaluate(() => document.documentElement.scrollWidth - innerWidth);
        assert.ok(wide <= 0, `${name} (${look}) is ${wide} px wider than the screen`);
        if (name === 'sql') {
          await on.getByRole('tab', { name: 'Chart' }).click();
          await on.locator('.plot canvas').waitFor();
          await shoot(`chart-${look}`, on);
          await on.getByRole('tab', { name: 'Plan' }).click();
          await on.locator('.step').first().waitFor();
          await shoot(`plan-${look}`, on);
        }
      }
    }
    await narrow.getByRole('button', { name: 'Menu' }).click();
    await narrow.locator('.table-links a').first().waitFor();
    await shoot('menu-narrow', narrow);
  },

  async keyboardAlone() {
    await go('#/table/weather');
    await firstRow('2025-03-0');
    await page.getByRole('tab', { name: 'Data', exact: true }).focus();
    await page.keyboard.press('ArrowRight');
    await page.getByText('Comment').first().waitFor();
    assert.equal(await page.evaluate(() => document.activeElement.textContent), 'Schema');
  },
};

// The editor's text, as a person replaces it.
async function type(text) {
  await page.locator('.cm-content').focus();
  await page.keyboard.press('Control+A');
  await page.keyboard.insertText(text);
}
async function run() {
  await page.locator('.cm-content').press('Control+Enter');
}

for (const [name, step] of Object.entries(steps)) {
  try {
    await step();
    assert.deepEqual(wrong, []);
  } catch (error) {
    await shoot('failed-' + name).catch(() => null);
    console.error(`${name}: ${error.stack}`);
    await browser.close();
    process.exit(1);
  }
}
// From the beginning of the navigation until what the page is for is there, by the page's own clock; the best of three.
for (const [name, [hash, sign]] of Object.entries({
  overview: ['#/', 'tbody td a'],
  data: ['#/table/weather', '.grid-row span'],
  history: ['#/table/weather?tab=history', '.entry'],
  files: ['#/table/orders?tab=files', '.treemap .file'],
  sql: ['#/sql', '.cm-content'],
})) {
  const times = [];
  for (let i = 0; i < 3; ++i) {
    const fresh = await open();
    await fresh.addInitScript((sign) => {
      const look = () => (document.querySelector(sign) ? (window.usable = performance.now()) : requestAnimationFrame(look));
      look();
    }, sign);
    await fresh.goto(url + hash);
    times.push(Math.round(await (await fresh.waitForFunction(() => window.usable)).jsonValue()));
    await fresh.close();
  }
  measured[`${name}_usable_ms`] = Math.min(...times);
}
// As they come over the wire: all of them, whatever loads them.
measured.assets_bytes = await page.evaluate(async () => {
  const sizes = new Map();
  const load = async (path) => {
    if (sizes.has(path)) return;
    sizes.set(path, 0);
    const text = await (await fetch(path, { cache: 'reload' })).text();
    sizes.set(path, performance.getEntriesByName(new URL(path, location.href).href).at(-1)?.encodedBodySize ?? 0);
    for (const [, name] of text.matchAll(/(?:assets\/|["'`]\.\/)([\w-]+\.(?:js|css))/g)) await load('/assets/' + name);
  };
  await load('/');
  return [...sizes.values()].reduce((sum, bytes) => sum + bytes, 0);
});
await browser.close();
console.log(JSON.stringify(measured));
