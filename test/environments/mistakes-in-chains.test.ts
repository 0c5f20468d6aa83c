/** One suite for several files: each suite loads all of the configuration anew. */
import './mistakes/chains-hardware';
import './mistakes/chains-names';
import './mistakes/chains-nodes';
import './mistakes/chains-programs';
import './mistakes/chains-values';
import './mistakes/order-flow';
import './mistakes/lock';
import './mistakes/guards';
import './mistakes/warnings';
