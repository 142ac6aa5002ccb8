import { describeClients } from '../support/clients/describe-clients';

describe('the official packages', () => describeClients('own'));
