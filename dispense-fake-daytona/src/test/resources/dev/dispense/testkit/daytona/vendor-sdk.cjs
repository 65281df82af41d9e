// Does with the vendor's own client library what a user does, and fails where the answer is not what
// the library expects. Arguments: the URL of the API and a key.
const assert = require('node:assert');
const { Daytona } = require('@daytonaio/sdk');

async function main() {
  const [apiUrl, apiKey] = process.argv.slice(2);
  const daytona = new Daytona({ apiUrl, apiKey });

  const sandbox = await daytona.create({
    name: 'peer', labels: { a: 'b' }, envVars: { X: '1' }, autoStopInterval: 0 });
  assert.strictEqual(sandbox.state, 'started');
  const listed = [];
  for await (const item of daytona.list({ labels: { a: 'b' } })) listed.push(item.id);
  assert.deepStrictEqual(listed, [sandbox.id]);
  assert.strictEqual((await daytona.get('peer')).id, sandbox.id);

  const run = await sandbox.process.executeCommand('echo $X $A; pwd', '/tmp', { A: '2' }, 30);
  assert.deepStrictEqual([run.exitCode, run.result], [0, '1 2\n/tmp\n']);

  await sandbox.fs.uploadFile(Buffer.from('one'), '/tmp/peer/a');
  await sandbox.fs.uploadFiles([
    { source: Buffer.from('1'), destination: '/tmp/peer/1' },
    { source: Buffer.alloc(300000, 'x'), destination: '/tmp/peer/ü 2' }]);
  assert.strictEqual((await sandbox.fs.downloadFile('/tmp/peer/a')).toString(), 'one');
  const names = (await sandbox.fs.listFiles('/tmp/peer')).map((file) => file.name).sort();
  assert.deepStrictEqual(names, ['1', 'a', 'ü 2']);
  const info = await sandbox.fs.getFileDetails('/tmp/peer/ü 2');
  assert.deepStrictEqual([info.size, info.permissions], [300000, '0644']);
  await sandbox.fs.createFolder('/tmp/peer/folder', '750');
  await sandbox.fs.moveFiles('/tmp/peer/a', '/tmp/peer/folder/a');
  await sandbox.fs.deleteFile('/tmp/peer/folder', true);
  await assert.rejects(sandbox.fs.downloadFile('/tmp/peer/none'));

  await sandbox.process.createSession('s');
  const started = await sandbox.process.executeSessionCommand('s',
      { command: 'echo out; echo err >&2; sleep 0.5; echo late', runAsync: true });
  let out = '';
  let err = '';
  await sandbox.process.getSessionCommandLogs('s', started.cmdId,
      (chunk) => { out += chunk; }, (chunk) => { err += chunk; });
  assert.deepStrictEqual([out, err], ['out\nlate\n', 'err\n']);
  const command = await sandbox.process.getSessionCommand('s', started.cmdId);
  assert.strictEqual(command.exitCode, 0);
  const logs = await sandbox.process.getSessionCommandLogs('s', started.cmdId);
  assert.deepStrictEqual([logs.stdout, logs.stderr], ['out\nlate\n', 'err\n']);
  await sandbox.process.deleteSession('s');

  const ssh = await sandbox.createSshAccess(10);
  assert.match(ssh.sshCommand, new RegExp(`^ssh -p \\d+ ${ssh.token}@`));
  const preview = await sandbox.getPreviewLink(3000);
  assert.ok(preview.url.includes(`3000-${sandbox.id}`) && preview.token);

  await sandbox.stop();
  assert.strictEqual(sandbox.state, 'stopped');
  await sandbox.start();
  assert.strictEqual(sandbox.state, 'started');
  await sandbox.setLabels({ q: 'w' });
  assert.strictEqual((await daytona.get(sandbox.id)).labels.q, 'w');
  await sandbox.delete();
  await assert.rejects(daytona.get('peer'));
  console.log('all done');
}

main().then(() => process.exit(0), (error) => { console.error(error); process.exit(1); });
