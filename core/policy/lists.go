package policy

// ListLimits bound lists of what a registrar has many of. EPP is not concerned.
type ListLimits struct {
	PageSize int `json:"pageSize"` // objects on one page
	Looked   int `json:"looked"`   // objects that are looked at for one page, where something selects among them
	Counted  int `json:"counted"`  // objects that are counted; more are told as so many
}

// Page is how many objects a page has: what was asked for, or as many as there may be.
func (l ListLimits) Page(asked int) int {
	if asked > 0 {
		return min(asked, l.PageSize)
	}
	return l.PageSize
}

// BulkLimits bound jobs that do one thing to many names. EPP is not concerned.
type BulkLimits struct {
	Names      int  `json:"names"`      // in one job
	Open       int  `json:"open"`       // jobs of one registrar that have not ended
	Kept       int  `json:"kept"`       // jobs of one registrar, those that have ended with them
	KeptDays   Days `json:"keptDays"`   // after which a job is removed, from its end or, before that, its making
	SecretDays Days `json:"secretDays"` // from the end of a job, in which its result tells the authInfos that it made
}
