-- Closed referrals of children and what their scores say, for the outcome measures.

CREATE VIEW first_contacts AS
WITH once AS (
    SELECT person, referral, on_day FROM counted_activity
    WHERE NOT is_indirect AND on_day IS NOT NULL
    UNION ALL
    (SELECT person, referral, on_day FROM counted_activity
    WHERE is_indirect AND on_day IS NOT NULL
    QUALIFY row_number() OVER (
        PARTITION BY referral, on_day, at_time ORDER BY month DESC, contact_row DESC
    ) = 1)
),
placed AS (
    SELECT *, row_number() OVER (PARTITION BY person, referral ORDER BY on_day) AS place FROM once
)
SELECT person, referral,
    min(on_day) FILTER (place = 1) AS first_contact,
    min(on_day) FILTER (place = 2) AS second_contact
FROM placed
GROUP BY ALL;

CREATE VIEW closed_referrals AS
SELECT t.month, t.person, t.referral
FROM referral_teams t
JOIN first_contacts f ON f.person = t.person AND f.referral = t.referral
WHERE t.month = getvariable('period') AND t.in_england AND t.age_at_referral BETWEEN 0 AND 17
    AND t.received >= DATE '2016-01-01' AND t.rejected IS NULL
    AND t.discharged BETWEEN getvariable('period_start') AND getvariable('period_end')
    AND f.second_contact <= t.discharged
    AND (t.team_type IS NULL OR t.team_type NOT IN ('A14', 'B02', 'E01', 'E02', 'E03', 'E04'))
    AND NOT EXISTS (
        SELECT 1 FROM hospital_referrals h WHERE h.person = t.person AND h.referral = t.referral
    );

CREATE VIEW scores AS
WITH submitted AS (
    SELECT r.person, r.referral, r.month, s.file_row_number AS score_row, 'MHS606' AS source,
        day(s.AssToolCompTimestamp) AS on_day, s.CodedAssToolType AS code, s.PersScore AS text
    FROM read_table('MHS606CodedScoreAssessmentRefer') s
    JOIN referrals r ON r.month = month_of(s.filename) AND r.referral = s.ServiceRequestID
    UNION ALL
    SELECT c.person, c.referral, c.month, s.file_row_number, 'MHS607',
        c.on_day, s.CodedAssToolType, s.PersScore
    FROM read_table('MHS607CodedScoreAssessmentAct') s
    JOIN read_table('MHS202CareActivity') a
        ON month_of(a.filename) = month_of(s.filename) AND a.CareActID = s.CareActID
    JOIN contacts c ON c.month = month_of(a.filename) AND c.contact = a.CareContactID
)
SELECT s.*, t.* EXCLUDE (code), try_cast(s.text AS FLOAT) AS score
FROM submitted s
JOIN outcome_tools t ON t.code = s.code;

CREATE VIEW closures AS
SELECT DISTINCT r.month, r.person, r.referral, r.gender, r.age_at_referral, r.discharged,
    f.first_contact, f.second_contact
FROM referrals r
JOIN first_contacts f ON f.person = r.person AND f.referral = r.referral
WHERE r.month > getvariable('period') - 12
    AND date_trunc('month', r.discharged) = date_trunc('month', month_end(r.month));

CREATE VIEW scores_in_treatment AS
WITH of_closures AS (
    SELECT * FROM scores s
    WHERE referral IN (SELECT referral FROM closures)
),
timed AS (
    SELECT *, date_trunc('month', on_day) = date_trunc('month', month_end(month)) AS in_month,
        row_number() OVER (
            PARTITION BY person, on_day, referral, preferred_term, text
            ORDER BY month, score_row, source
        ) AS time
    FROM of_closures
),
once AS (
    SELECT * FROM timed t
    WHERE time = 1 AND (coalesce(in_month, false) OR NOT EXISTS (
        SELECT 1 FROM timed o
        WHERE o.in_month AND o.time = 1 AND o.on_day = t.on_day AND o.referral = t.referral
            AND o.code = t.code AND o.text = t.text
    ))
)
SELECT c.month, c.person, c.referral, c.second_contact, s.preferred_term, s.rater, s.better,
    s.threshold, s.on_day, s.month AS submitted, s.score_row, s.source,
    coalesce((((s.score::DOUBLE - n.mean) / n.standard_deviation) * 10 + 50)::FLOAT, s.score)
        AS score
FROM once s
JOIN closures c ON c.person = s.person AND c.referral = s.referral
LEFT JOIN rcads_norms n ON n.gender = c.gender AND n.age = c.age_at_referral
    AND n.preferred_term = s.preferred_term
WHERE s.is_cyp_outcome AND s.score BETWEEN s.lowest_score AND s.highest_score
    AND s.on_day <= c.discharged AND s.on_day >= c.first_contact;

CREATE VIEW score_changes AS
WITH placed AS (
    SELECT *, row_number() OVER (
        PARTITION BY month, person, referral, preferred_term
        ORDER BY on_day, submitted, score_row, source
    ) AS place
    FROM scores_in_treatment
),
with_last AS (
    SELECT *, max(place) FILTER (place > 1 AND on_day >= second_contact)
        OVER (PARTITION BY person, referral, preferred_term) AS last_place
    FROM placed
),
firsts AS (SELECT * FROM with_last WHERE place = 1),
lasts AS (SELECT * FROM with_last WHERE place = last_place)
SELECT f.person, f.referral, f.rater, f.threshold, l.score IS NOT NULL AS is_paired,
    l.score - f.score AS change,
    CASE f.better WHEN 'higher' THEN l.score - f.score ELSE f.score - l.score END AS gain
FROM firsts f
LEFT JOIN lasts l ON l.person = f.person AND l.referral = f.referral
    AND l.preferred_term = f.preferred_term;
