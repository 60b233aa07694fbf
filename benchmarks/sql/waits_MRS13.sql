SELECT count(*)
FROM spells
WHERE is_marked_open AND ended >= getvariable('period_end') - 5
