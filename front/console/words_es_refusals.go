package console

import "maps"

// spanishRefusals returns the Spanish of why something is refused.
func spanishRefusals() map[string]string {
	all := map[string]string{}
	for _, part := range []map[string]string{
		spanishRefusalsNames(),
		spanishRefusalsMoney(),
		spanishRefusalsParts(),
		spanishRefusalsContacts(),
		spanishRefusalsOthers(),
		spanishRefusalsTransfers(),
		spanishRefusalsAsked(),
		spanishRefusalsFair(),
		spanishRefusalsAccount(),
		spanishRefusalsUsers(),
		spanishRefusalsSandbox(),
		spanishRefusalsCommands(),
		spanishRefusalsWritten(),
		spanishFrames(),
		spanishSchemas(),
	} {
		maps.Copy(all, part)
	}
	return all
}

func spanishRefusalsNames() map[string]string {
	return map[string]string{
		"This is locked (%s). Remove the lock first.":                                                                "Esto está bloqueado (%s). Quite primero el bloqueo.",
		"This is locked (%s). Its registrar removes the lock if the holder asks for it.":                             "Esto está bloqueado (%s). Su registrador quita el bloqueo si el titular lo pide.",
		"The registry has locked this (%s). Ask the registry to lift that.":                                          "El registro lo ha bloqueado (%s). Pida al registro que lo levante.",
		"The name is deleted (%s). Restore it, or wait until it is free again.":                                      "El nombre está eliminado (%s). Restáurelo o espere a que vuelva a quedar libre.",
		"The name is deleted (%s). Wait until its registrar restores it, or until it is free again.":                 "El nombre está eliminado (%s). Espere a que su registrador lo restaure o a que vuelva a quedar libre.",
		"This is about to be removed (%s). Use it with a name again, or wait until it is gone.":                      "Esto está por eliminarse (%s). Úselo otra vez con un nombre o espere a que desaparezca.",
		"A transfer is under way (%s). Wait until it has ended.":                                                     "Hay una transferencia en curso (%s). Espere a que termine.",
		"This belongs to another registrar. Ask that registrar.":                                                     "Esto es de otro registrador. Pregúntele a él.",
		"The name is registered already. Choose another.":                                                            "El nombre ya está registrado. Elija otro.",
		"The name is not available. Choose another.":                                                                 "El nombre no está disponible. Elija otro.",
		"The name is reserved. It takes a code from the registry to register it.":                                    "El nombre está reservado. Para registrarlo hace falta un código del registro.",
		"The registry uses this name itself. Choose another.":                                                        "El registro usa este nombre. Elija otro.",
		"The registry does not give this name away. Choose another.":                                                 "El registro no entrega este nombre. Elija otro.",
		"The name is not registered. Check its spelling.":                                                            "El nombre no está registrado. Revise cómo se escribe.",
		"You have no such name. Check its spelling.":                                                                 "Usted no tiene ese nombre. Revise cómo se escribe.",
		"This is not a name directly below one of our zones, which are %s.":                                          "Este no es un nombre directamente bajo una de nuestras zonas, que son %s.",
		"Only the registry registers names below %s. Ask the registry.":                                              "Solo el registro inscribe nombres bajo %s. Pídaselo al registro.",
		"Your account is set not to take premium names. You can change that under Account.":                          "Su cuenta está puesta para no tomar nombres premium. Puede cambiarlo en Cuenta.",
		"Your account is set not to take names with accents or other letters. You can change that under Account.":    "Su cuenta está puesta para no tomar nombres con acentos u otras letras. Puede cambiarlo en Cuenta.",
		"%s is registered, which differs only in its letters. Choose another name.":                                  "Está registrado %s, que solo se distingue en las letras. Elija otro nombre.",
		"A name that differs only in its letters is not available, so this one is not either. Choose another.":       "No está disponible un nombre que solo se distingue en las letras; este tampoco. Elija otro.",
		"The name is not deleted: only a deleted name in redemption can be restored.":                                "El nombre no está eliminado: solo se restaura un nombre eliminado que está en redención.",
		"It could be restored until %s. Wait until the name is free, then register it again.":                        "Se podía restaurar hasta el %s. Espere a que el nombre quede libre y regístrelo de nuevo.",
		"This is yours already. There is nothing to transfer.":                                                       "Esto ya es suyo. No hay nada que transferir.",
		"A transfer is under way already; it ends on %s at the latest.":                                              "Ya hay una transferencia en curso; termina a más tardar el %s.",
		"No transfer waits for an answer.":                                                                           "Ninguna transferencia espera respuesta.",
		"The name was registered or transferred a short while ago. It can be asked for from %s on.":                  "El nombre se registró o transfirió hace poco. Se puede pedir desde el %s.",
		"This has been changed since you opened the page. Open it again, look at it as it is now, and decide again.": "Esto ha cambiado desde que usted abrió la página. Ábrala otra vez, mire cómo está ahora y decida de nuevo.",
		"This transfer code is wrong. The holder of the name has the right one from the present registrar.":          "Este código de transferencia no es correcto. El titular tiene el correcto, de su registrador actual.",
		"This code is wrong. Ask the contact's present registrar for the right one.":                                 "Este código no es correcto. Pida el correcto al registrador actual del contacto.",
		"A transfer needs the transfer code. The holder has it from the present registrar.":                          "Una transferencia necesita el código. El titular lo tiene de su registrador actual.",
		"The code was wrong too often. Wait %s seconds, then try the right one.":                                     "El código estuvo mal demasiadas veces. Espere %s segundos y pruebe con el correcto.",
	}
}

func spanishRefusalsMoney() map[string]string {
	return map[string]string{
		"This cannot be had for so long: choose %s to %s years.":                              "No se vende por ese tiempo: elija de %s a %s años.",
		"It would have expired on %s already. Renew it for %s years at least.":                "Ya habría vencido el %s. Renuévelo por al menos %s años.",
		"It would expire on %s, and a name runs for %s years at most. Choose less, or wait%s": "Vencería el %s, y un nombre dura como mucho %s años. Elija menos o espere%s",
		"The name expires on another day: %s. Open the page again.":                           "El nombre vence otro día: %s. Abra la página otra vez.",
		"The price is another now: %s. Look at it and agree again.":                           "El precio ahora es otro: %s. Mírelo y acéptelo de nuevo.",
		"The name is premium, and this costs %s.":                                             "El nombre es premium y esto cuesta %s.",
		"This costs %s, and you can spend %s. Pay in first.":                                  "Esto cuesta %s y usted puede gastar %s. Deposite primero.",
		"Your account is on hold since %s: %s. Pay in first.":                                 "Su cuenta está retenida desde el %s: %s. Deposite primero.",
		"Your account is not active. Ask the registry.":                                       "Su cuenta no está activa. Pregunte al registro.",
	}
}

func spanishRefusalsParts() map[string]string {
	return map[string]string{
		"A name has %s name servers at most. Leave some out.":                                                   "Un nombre tiene como mucho %s servidores. Quite algunos.",
		"A name has %s contacts at most. Leave some out.":                                                       "Un nombre tiene como mucho %s contactos. Quite algunos.",
		"A registrant is needed. Give the id of a contact.":                                                     "Hace falta un titular. Dé el id de un contacto.",
		"An administrative contact is needed. Give the id of a contact.":                                        "Hace falta un contacto administrativo. Dé el id de un contacto.",
		"A technical contact is needed. Give the id of a contact.":                                              "Hace falta un contacto técnico. Dé el id de un contacto.",
		"A billing contact is needed. Give the id of a contact.":                                                "Hace falta un contacto de facturación. Dé el id de un contacto.",
		"this stands here twice. Leave one out.":                                                                "está dos veces. Quite una.",
		"there is no such contact. Check the id, or make the contact first.":                                    "no existe ese contacto. Revise el id o cree primero el contacto.",
		"There is no such contact. Check its id.":                                                               "No existe ese contacto. Revise su id.",
		"this contact belongs to another registrar. Use one of yours.":                                          "este contacto es de otro registrador. Use uno suyo.",
		"the registry does not know this name server yet. Add it first, under Name servers.":                    "el registro aún no conoce este servidor. Agréguelo primero, en Servidores.",
		"There is no such name server. Check its name.":                                                         "No existe ese servidor. Revise su nombre.",
		"This name server is there already. Use it, or choose another name.":                                    "Este servidor ya existe. Úselo o elija otro nombre.",
		"Names use this. Take it out of them first.":                                                            "Hay nombres que lo usan. Quítelo de ellos primero.",
		"This is one of our zones, and no name for a server.":                                                   "Esta es una de nuestras zonas, no un nombre para un servidor.",
		"Write the whole name of the server, such as ns1.example.net.":                                          "Escriba el nombre completo del servidor, como ns1.example.net.",
		"A server below one of our zones needs an IP address. Write one or more.":                               "Un servidor bajo una de nuestras zonas necesita una dirección IP. Escriba una o más.",
		"A server below one of our zones keeps at least one IP address. Write another.":                         "Un servidor bajo una de nuestras zonas conserva al menos una dirección IP. Escriba otra.",
		"A server outside of our zones cannot be renamed. Add one of the new name, and give that to the names.": "Un servidor fuera de nuestras zonas no cambia de nombre. Agregue uno con el nombre nuevo y déselo a los nombres.",
		"%s is no IP address.": "%s no es una dirección IP.",
		"%s is an IPv4 address in the form of IPv6. Write it as IPv4.":                                          "%s es una dirección IPv4 con forma de IPv6. Escríbala como IPv4.",
		"%s is an address that nobody else can reach. Write a public one.":                                      "Nadie más puede llegar a la dirección %s. Escriba una pública.",
		"this algorithm (the second number) does not sign zones. Copy the record again from your DNS provider.": "este algoritmo (el segundo número) no firma zonas. Copie otra vez el registro de su proveedor de DNS.",
		"this kind of digest (the third number) does not exist. Copy the record again from your DNS provider.":  "ese tipo de resumen (el tercer número) no existe. Copie otra vez el registro de su proveedor de DNS.",
		"the digest is not whole: one of type %s has %s digits. Copy the record again from your DNS provider.":  "el resumen no está completo: uno del tipo %s tiene %s cifras. Copie otra vez el registro de su proveedor de DNS.",
		"A name has %s DS records at most. Leave some out.":                                                     "Un nombre tiene como mucho %s registros DS. Quite algunos.",
		"Only the registry sets or removes this lock.":                                                          "Solo el registro pone o quita este bloqueo.",
	}
}

func spanishRefusalsContacts() map[string]string {
	return map[string]string{
		"Write an id of 3 to 16 letters without accents, digits and signs, without blanks.": "Escriba un id de 3 a 16 letras sin acentos, cifras y signos, sin espacios.",
		"There is a contact with this id already (capitals do not count). Choose another.":  "Ya hay un contacto con este id (las mayúsculas no cuentan). Elija otro.",
		"Fill in one of the two addresses.":                                                 "Llene una de las dos direcciones.",
		"Write the name.":                                                                   "Escriba el nombre.",
		"Write the street.":                                                                 "Escriba la calle.",
		"Write the city.":                                                                   "Escriba la ciudad.",
		"Write the postcode.":                                                               "Escriba el código postal.",
		"Write the country, in two letters such as CO.":                                     "Escriba el país, en dos letras como CO.",
		"This is no country: write its two letters, such as CO.":                            "Esto no es un país: escriba sus dos letras, como CO.",
		"Only letters without accents go here. What has accents goes into the address in local letters.": "Aquí solo van letras sin acentos. Lo que lleva acentos va en la dirección en letras locales.",
		"Write a telephone number.": "Escriba un número de teléfono.",
		"Write the number with its country, a point and the rest without blanks, such as +57.6015550100.": "Escriba el número con su país, un punto y el resto sin espacios, como +57.6015550100.",
		"An extension has at most 16 characters.":                                                         "Una extensión tiene como mucho 16 caracteres.",
		"Write an e-mail address.":                                                                        "Escriba una dirección de correo.",
		"This is no e-mail address such as ana@example.com.":                                              "Esta no es una dirección de correo como ana@example.com.",
		"This is no e-mail address such as ana@registrar.example.":                                        "Esta no es una dirección de correo como ana@registrar.example.",
		"This is no address of a web site such as https://registrar.example.":                             "Esta no es una dirección de un sitio web como https://registrar.example.",
		"This is no name of a server such as whois.registrar.example.":                                    "Este no es un nombre de servidor como whois.registrar.example.",
		"This is no address such as https://rdap.registrar.example/.":                                     "Esta no es una dirección como https://rdap.registrar.example/.",
	}
}

func spanishRefusalsOthers() map[string]string {
	return map[string]string{
		"Write the names, one on each line.":   "Escriba los nombres, uno en cada línea.",
		"Choose what to do.":                   "Elija qué hacer.",
		"Choose one lock at least.":            "Elija al menos un bloqueo.",
		"Give the id of one contact at least.": "Dé el id de al menos un contacto.",
		"Names of the list would be purged at once and cannot be restored. Tick the box if this is meant.": "Algunos nombres de la lista se eliminarían de inmediato y no podrían restaurarse. Marque la casilla si es lo que quiere.",
		"There is no such bulk action. Those that have ended are removed after some time.":                 "No existe esa acción masiva. Las que terminaron se quitan después de un tiempo.",
		"A user has this e-mail address already. Choose another.":                                          "Un usuario ya tiene esta dirección de correo. Elija otra.",
		"Choose a role.": "Elija un rol.",
		"Your role may not do this to that user. Ask your administrator.":                   "Su rol no puede hacer esto con ese usuario. Pregunte a su administrador.",
		"You cannot do this to yourself. Ask another user.":                                 "No puede hacer esto consigo mismo. Pida a otro usuario.",
		"Somebody changed this user meanwhile. Open the page again, and do it again.":       "Alguien cambió este usuario entretanto. Abra la página otra vez y hágalo de nuevo.",
		"Write an IP address, or a network such as 192.0.2.0/24 or 2001:db8::/32.":          "Escriba una dirección IP o una red como 192.0.2.0/24 o 2001:db8::/32.",
		"This network is listed already.":                                                   "Esta red ya está en la lista.",
		"This network is too wide: it is at most /%s. List the networks that are yours.":    "Esta red es demasiado amplia: como mucho /%s. Ponga las redes que son suyas.",
		"This is no certificate that can be read. Copy it again, or make it again.":         "Este certificado no se puede leer. Cópielo otra vez o hágalo de nuevo.",
		"This is no certificate request that can be read. Copy it again, or make it again.": "Esta solicitud no se puede leer. Cópiela otra vez o hágala de nuevo.",
		"This certificate is listed already.":                                               "Este certificado ya está en la lista.",
		"The certificate ended on %s. Register the one that follows it.":                    "El certificado terminó el %s. Registre el que le sigue.",
	}
}
