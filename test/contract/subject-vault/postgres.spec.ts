import { describeWithPostgres } from '../../support/with-postgres.js';
import { postgresTarget } from './postgres-target.js';
import { subjectVaultContract } from './subject-vault.contract.js';

describeWithPostgres('with a server', (server) => {
  subjectVaultContract('PostgreSQL', () => postgresTarget(server()));
});
