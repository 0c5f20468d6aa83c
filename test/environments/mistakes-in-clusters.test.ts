/** One suite for several files: each suite loads all of the configuration anew. */
import './mistakes/data';
import './mistakes/engine-order-flow';
import './mistakes/engines';
import './mistakes/engines-beside-nodes';
import './mistakes/gateway';
import './mistakes/kubernetes-uses';
import './mistakes/kubernetes';
import './mistakes/mev';
import './mistakes/monitoring';
import './mistakes/research';
import './mistakes/strategies';
import './mistakes/workers';
