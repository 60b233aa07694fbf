-- People who live elsewhere and referral spells of children, for the measures of waits.

CREATE VIEW people_elsewhere AS
WITH latest AS (
    SELECT * FROM patients QUALIFY row_number() OVER (PARTITION BY patient ORDER BY month DESC) = 1
)
SELECT person FROM latest GROUP BY person HAVING NOT bool_or(in_england);

CREATE VIEW referrals_in_scope AS
SELECT t.month, t.person, t.referral, t.received, t.discharged, least(
    coalesce(t.discharged, t.rejected, t.closed, month_end(t.month)), month_end(t.month)
) AS ended
FROM referral_teams t
WHERE t.age_at_referral BETWEEN 0 AND 17 AND t.in_england
    AND NOT EXISTS (
        SELECT 1 FROM hospital_referrals h WHERE h.person = t.person AND h.referral = t.referral
    )
    AND NOT (coalesce(t.team_type, '') = 'A18' AND coalesce(t.priority, '') IN ('1', '2', '4'))
    AND NOT (coalesce(t.reason, '') = '12' AND coalesce(t.team_type, '') NOT IN ('A18', 'F01'))
    AND NOT (coalesce(t.reason, '') = '01' AND coalesce(t.team_type, '') = 'A14')
    AND coalesce(t.team_type, '') NOT IN (
        'A02', 'A03', 'A04', 'A11', 'A19', 'A20', 'A21', 'A22', 'A23', 'A24', 'A25', 'C05',
        'E02', 'E03', 'E04'
    );

CREATE VIEW latest_in_scope AS
SELECT * FROM referrals_in_scope
QUALIFY row_number() OVER (PARTITION BY person, referral ORDER BY month DESC, ended DESC) = 1;

CREATE VIEW spells AS
WITH ordered AS (
    SELECT *, max(ended) OVER (
        PARTITION BY person ORDER BY received, ended
        ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
    ) AS ended_before
    FROM latest_in_scope
    WHERE received IS NOT NULL
),
numbered AS (
    SELECT *, count(*) FILTER (ended_before IS NULL OR received > ended_before + 5) OVER (
        PARTITION BY person ORDER BY received, ended ROWS UNBOUNDED PRECEDING
    ) AS number
    FROM ordered
)
SELECT person, number, min(received) AS started, max(ended) AS ended,
    bool_or(month = getvariable('period') AND (
        discharged IS NULL OR spell_ended >= getvariable('period_end') - 5
    )) AS is_marked_open
FROM (SELECT *, max(ended) OVER (PARTITION BY person, number) AS spell_ended FROM numbered)
GROUP BY person, number
HAVING started >= DATE '2016-01-01' AND started <= getvariable('period_end')
    AND max(ended) >= getvariable('quarter_start');

CREATE VIEW events AS
WITH scores_of_tools AS (
    SELECT s.* FROM scores s WHERE s.is_four_week_baseline
),
plans AS (
    SELECT p.person, day(c.CarePlanCreatDate) AS created, day(c.CarePlanLastUpdateDate) AS updated
    FROM read_table('MHS008CarePlanType') c
    JOIN patients p ON p.month = month_of(c.filename) AND p.patient = c.LocalPatientID
    WHERE EXISTS (
        SELECT 1 FROM read_table('MHS009CarePlanAgreement') a
        WHERE month_of(a.filename) = month_of(c.filename) AND a.CarePlanID = c.CarePlanID
    )
),
procedures AS (
    SELECT c.person, c.referral, c.month, c.on_day, split_part(a.Procedure, ':', 1) AS concept
    FROM read_table('MHS202CareActivity') a
    JOIN contacts c ON c.month = month_of(a.filename) AND c.contact = a.CareContactID
    UNION ALL
    SELECT r.person, r.referral, r.month, day(i.IndirectActDate),
        split_part(i.IndActProcedure, ':', 1)
    FROM read_table('MHS204IndirectActivity') i
    JOIN referrals r ON r.month = month_of(i.filename) AND r.referral = i.ServiceRequestID
),
members AS (
    SELECT m.concept_id, m.refset_id, max(coalesce(
        (SELECT min(day(n.effective_date)) FROM snomed_refsets n
        WHERE n.concept_id = m.concept_id AND day(n.effective_date) > day(m.effective_date)
            AND n.refset_id IN (
                '1853441000000109', '1853451000000107', '1853461000000105', '1853481000000101'
            )),
        getvariable('period_end')
    )) AS until
    FROM snomed_refsets m
    WHERE m.active = '1' AND (
        m.refset_id IN ('1853451000000107', '1853461000000105', '1853481000000101')
        OR m.refset_id = '1853441000000109'
            AND m.concept_id IN ('1085671000000109', '1914891000000100')
    )
    GROUP BY ALL
)
SELECT person, referral, month, 'contact' AS kind, on_day AS lies_on, NULL::DATE AS created,
    on_day AS updated
FROM counted_activity
UNION ALL
SELECT person, referral, month, 'baseline', on_day, NULL, on_day FROM scores_of_tools
UNION ALL
SELECT person, NULL, NULL, 'help', coalesce(updated, created), created, updated FROM plans
UNION ALL
SELECT p.person, p.referral, p.month, 'help', p.on_day, NULL, p.on_day
FROM procedures p
JOIN members m ON m.concept_id = p.concept AND p.on_day <= m.until;
