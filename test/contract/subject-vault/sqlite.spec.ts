import { sqliteTarget } from './sqlite-target.js';
import { subjectVaultContract } from './subject-vault.contract.js';

subjectVaultContract('SQLite', sqliteTarget);
