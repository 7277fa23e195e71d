import { readFileSync } from 'node:fs'
import { parse } from 'yaml'
import { projectFile } from '../files'
import { serviceIds } from './schemas/requests'
import { type Service, serviceFile } from './schemas/services'

/** The catalogue of services, in the order of its file. */
export function loadServices(file: string = projectFile('src/inss-api/services.yaml')): Service[] {
  const requestable: readonly string[] = serviceIds
  return serviceFile
    .parse(parse(readFileSync(file, 'utf8')))
    .map((each) => ({ ...each, requestable: requestable.includes(each.id) }))
}
