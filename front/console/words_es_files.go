package console

// spanishFiles returns the Spanish of the pages of files.
func spanishFiles() map[string]string {
	return map[string]string{
		"Too many files at once": "Demasiados archivos a la vez",
		"Files are on their way to you already. Wait until one has come, and ask for this one again.": "Ya hay archivos en camino. Espere a que llegue uno y pida este de nuevo.",
		"Where you are": "Dónde está",
		"Bytes":         "Bytes",
		"As of":         "Con datos del",

		"There is no file yet":                               "Todavía no hay archivos",
		"A period in which nothing was charged has no file.": "Un período sin cargos no tiene archivo.",

		"The same files are on the FTPS server, for programs that fetch them.":         "Los mismos archivos están en el servidor FTPS, para los programas que los descargan.",
		"Names in redemption or pending delete, a file for each zone, made every day.": "Nombres en redención o pendientes de borrado, un archivo por zona, cada día.",
		"Every name that cannot be registered, made every two hours.":                  "Todos los nombres que no se pueden registrar, cada dos horas.",
		"Names with a price of their own, made every hour.":                            "Nombres con precio propio, cada hora.",
		"What was charged for good, by the day on which its grace period ended.":       "Lo que quedó cobrado en firme, según el día en que terminó su período de gracia.",
		"Every entry of your account, month by month.":                                 "Todos los movimientos de su cuenta, mes por mes.",
		"Your invoices, and the transactions of each.":                                 "Sus facturas y las transacciones de cada una.",
	}
}
