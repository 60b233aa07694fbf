SELECT count(DISTINCT referral) FROM closed_referrals
