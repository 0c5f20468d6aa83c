# A report as lines for Prometheus; of hosts and of pods. Numbers that are not known have no line: a lag of 0 would be a lie.
(.latest.labels | to_entries | map("\(.key)=\"\(.value)\"") | join(",")) as $labels
| def line($name; $value): if $value == null then empty else "\($name){\($labels)} \($value)" end;
  line("chain_info"; 1),
  line("chain_healthy"; if .status == "healthy" then 1 else 0 end),
  line("chain_health_known"; if .latest.status == "unknown" then 0 else 1 end),
  line("chain_head_number"; .latest.head),
  line("chain_head_age_seconds"; .latest.headAgeSeconds),
  line("chain_head_slots_behind"; .latest.slotsBehind),
  line("chain_peers"; .latest.peers),
  line("chain_disk_size_bytes"; .disk.size),
  line("chain_disk_available_bytes"; .disk.available),
  line("chain_backup_held_timestamp_seconds"; .backup),
  ((.latest.beside // {}) | to_entries[]
    | "chain_process_listening{\($labels),process=\"\(.key)\"} \(if .value then 1 else 0 end)"),
  ((.secrets // {}) | to_entries[] | "chain_secret_changed_timestamp_seconds{\($labels),secret=\"\(.key)\"} \(.value)")
