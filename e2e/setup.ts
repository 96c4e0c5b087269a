import { installN8n } from './install';

/** Before the first test, whose time limit the installation would exceed. */
export default installN8n;
