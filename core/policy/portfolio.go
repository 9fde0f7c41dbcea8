package policy

// PortfolioLimits bound what the console reads to show a registrar its names.
type PortfolioLimits struct {
	PageSize  int `json:"pageSize"`  // names on one page
	Exported  int `json:"exported"`  // names that are read at once for a file
	Sorted    int `json:"sorted"`    // names that are read to be sorted and counted; more are told as more than so many
	Looked    int `json:"looked"`    // names that are looked through for one page, where what is asked for is rare
	Due       int `json:"due"`       // names of a registrar that time has changed, which are looked at beside what is stored
	DueLooked int `json:"dueLooked"` // names of all registrars among which those are looked for
}

func (l PortfolioLimits) legal() bool {
	return min(l.PageSize, l.Sorted, l.Due, l.DueLooked) >= 1 && l.Exported >= l.PageSize && l.Looked > l.Exported
}
