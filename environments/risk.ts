import type { Path } from './document';
import { countsAs } from './limits';
import type { Layers } from './merge';
import type { Problem } from './problem';
import { type Amount, amount } from './quantity';
import { ENGINE_TYPES, type EngineType } from './schema/mev';
import { lineOf } from './settings';
import type { MevSection } from './strategy-limits';

/** Whether the limits of an environment fit each other: none contradicts another, and each can act. */

interface Placed {
  readonly path: Path;
  readonly value: Amount;
}

/** A limit and where it stands; undefined where nothing sets it. */
const placed = (path: Path, value: Amount | undefined): Placed | undefined => (value ? { path, value } : undefined);

const HOURS = 24n;
/** The days of `emergency_stop_loss`. */
const DAYS = 7n;

export function checkRisk(mev: MevSection, layers: Layers, gasless: ReadonlySet<string>): Problem[] {
  const say =
    (severity: Problem['severity']) =>
    (path: Path, message: string): Problem => ({ severity, position: layers.position(path), path, message });
  const [error, warning] = [say('error'), say('warning')];
  const told = ({ path, value }: Placed): string =>
    `${amount.format(value)} of ${path.join('.')} (${lineOf(layers, path)})`;
  const above = (one: Placed | undefined, other: Placed | undefined): other is Placed =>
    one !== undefined && other !== undefined && one.value.value > other.value.value;
  const covered = (one: Placed | undefined, other: Placed | undefined): Problem[] =>
    one && above(one, other)
      ? [
          warning(
            one.path,
            `${amount.format(one.value)} never acts: the ${told(other)} is tighter; lower it, or remove it`,
          ),
        ]
      : [];

  const risk = ['mev', 'risk_limits'];
  const { risk_limits: all = {}, chain_limits: byChain = {}, strategy_limits: byType = {} } = mev;
  const loss = {
    hourly: placed([...risk, 'max_hourly_loss'], all.max_hourly_loss),
    daily: placed([...risk, 'max_daily_loss'], all.max_daily_loss),
    emergency: placed([...risk, 'emergency_stop_loss'], all.emergency_stop_loss),
  };
  const gas = placed(['mev', 'max_gas_price'], mev.max_gas_price);
  const position = placed([...risk, 'max_position_size'], all.max_position_size);
  const types = ENGINE_TYPES.map((type) =>
    placed(['mev', 'strategy_limits', type, 'max_position_size'], (byType as TypeLimits)[type]?.max_position_size),
  );
  const set = types.flatMap((one) => one ?? []);
  // Only where every type has one.
  const widest =
    set.length === ENGINE_TYPES.length
      ? set.reduce<Placed | undefined>((most, one) => (most && !above(one, most) ? most : one), undefined)
      : undefined;
  return [
    ...(loss.hourly && above(loss.hourly, loss.daily)
      ? [
          error(
            loss.hourly.path,
            `is more than the ${told(loss.daily)}, which is of a whole day; lower it, or raise that`,
          ),
        ]
      : []),
    ...(loss.daily && loss.emergency && above(loss.daily, loss.emergency)
      ? [
          error(
            loss.emergency.path,
            `is less than the ${told(loss.daily)}, and would stop before it; raise it, or lower that`,
          ),
        ]
      : []),
    ...neverReached(loss.daily, loss.hourly, HOURS, 'hours', told, warning),
    ...neverReached(loss.emergency, loss.daily, DAYS, 'days', told, warning),
    ...types.flatMap((one) => covered(one, position)),
    ...covered(position, widest),
    ...Object.entries(byChain as ChainLimits).flatMap(([chain, limits]) => {
      const base = ['mev', 'chain_limits', chain];
      if (!limits) return [];
      if (gasless.has(chain)) return [error(base, `transactions of ${chain} have no price of gas; remove it`)];
      const price = placed([...base, 'max_gas_price'], limits.max_gas_price);
      const fee = placed([...base, 'max_priority_fee'], limits.max_priority_fee);
      const tightest = above(price, gas) ? gas : (price ?? gas);
      return [...covered(price, gas), ...covered(fee, tightest)];
    }),
    ...Object.entries(mev.conversions ?? {}).flatMap(([asset, one]) => {
      const path = ['mev', 'conversions', asset];
      if (countsAs(asset, {})) return [error(path, 'counts as itself; remove it')];
      return one.value > 0n ? [] : [error(path, 'counts as nothing, and no limit would hold; give more than 0')];
    }),
  ];
}

type TypeLimits = Readonly<Record<EngineType, { readonly max_position_size?: Amount } | undefined>>;
type ChainLimits = Readonly<
  Record<string, { readonly max_gas_price?: Amount; readonly max_priority_fee?: Amount } | undefined>
>;

/** A loss over a longer time, where the limit of a shorter one stops before it can be made. */
function neverReached(
  longer: Placed | undefined,
  shorter: Placed | undefined,
  times: bigint,
  of: string,
  told: (one: Placed) => string,
  warning: (path: Path, message: string) => Problem,
): Problem[] {
  if (!longer || !shorter || longer.value.value <= shorter.value.value * times) return [];
  const message = `${amount.format(longer.value)} never acts: ${times} ${of} with the ${told(shorter)} lose less; lower it`;
  return [warning(longer.path, message)];
}
