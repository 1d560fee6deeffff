import { say } from '../say.js';
import { StandInServer } from './stand-in-server.js';

/**
 * The stand-in as a process that tests kill: `node serve.js FOLDER [PORT]`. Prints its connection
 * string, and ends when its standard input does.
 */
const [folder = '', port = '0'] = process.argv.slice(2);
const server = await StandInServer.start({ folder, port: Number(port) });
say(server.connectionString);
process.stdin.resume().once('end', () => {
  void server.stop();
});
