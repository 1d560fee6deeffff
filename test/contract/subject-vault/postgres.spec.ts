import { describeWithPostgres } from '../../support/with-postgres.js';
import { postgresTarget } from './postgres-target.js';
import { subjectVaultContract } from './subject-vault.contract.js';

describeWithPostgres('the vault on a server of its own', (server) => {
  subjectVaultContract('PostgreSQL', () => postgresTarget(server()));
});
