/** One suite for several files: each suite loads all of the configuration anew. */
import './mistakes/aws';
import './mistakes/environment';
import './mistakes/files';
import './mistakes/global';
import './mistakes/network';
import './mistakes/yaml';
