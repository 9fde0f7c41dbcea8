package store

// StatementsOfLog are those that find rows of one registrar by an index of their own, with arguments.
func StatementsOfLog() map[string]struct {
	Text string
	Args []any
} {
	row := []any{"H1001", int64(1) << 62, 20_000, "", "", "shop.co", ",objectMissing,", 0, int64(1) << 62, "", "", 50}
	return map[string]struct {
		Text string
		Args []any
	}{
		"log_object of rows":  {objectRows, row},
		"log_object of ends":  {objectWindow, []any{"H1001", int64(1) << 62, 20_000, "shop.co"}},
		"log_refused of rows": {refusedRows, row},
		"log_refused of ends": {refusedWindow, []any{"H1001", int64(1) << 62, 20_000, "objectMissing"}},
	}
}
